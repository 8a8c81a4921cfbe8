import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import type { TestRepository } from '@ralph/protocol/testing/temporary-repository';

/** An agent that writes down that it has begun, and does not end before it is let go; tasks titled `red` fail then. */
export class HeldAgent {
  readonly command: string;
  readonly #folder: string;

  /** @param first what it does before it says that it has begun */
  constructor({ folder }: TestRepository, first = ':') {
    this.#folder = folder;
    writeFileSync(join(folder, 'hold'), '');
    this.command = scriptedCommand(
      folder,
      'agent',
      `${first}
       echo "+ $RALPH_TASK_ID" >> "${folder}/agents"
       while [ -e "${folder}/hold" ]; do sleep 0.05; done
       echo "- $RALPH_TASK_ID" >> "${folder}/agents"
       test "$RALPH_TASK_TITLE" = red && exit 3
       echo "attempt $RALPH_ATTEMPT" > "$RALPH_TASK_ID.txt"`,
    );
  }

  /** What has begun (`+ ID`) and ended (`- ID`), in order. */
  get told(): string[] {
    const path = join(this.#folder, 'agents');
    return existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : [];
  }

  /** The tasks whose agents have begun, in order. */
  get begun(): string[] {
    return this.told.filter((line) => line.startsWith('+')).map((line) => line.slice(2));
  }

  letGo(): void {
    rmSync(join(this.#folder, 'hold'));
  }
}
