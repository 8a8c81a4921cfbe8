import { basename, join } from 'node:path';
import type { Output } from '@ralph/protocol/cli/output';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { LogKeeper } from '@ralph/protocol/process/log-keeper';
import { ProcessTrees } from '@ralph/protocol/process/process-tree';
import { sharedRoot } from '@ralph/protocol/process/repository';
import { Secrets } from '@ralph/protocol/process/secrets';
import { LockHolder } from '../start/lock-holder.ts';
import { Courier } from './courier.ts';
import { cursorPath, newCursor, readCursor, writeCursor, type Cursor } from './cursor.ts';
import { troubleOf, type Surroundings } from './deliver.ts';
import { endOfLog } from './log-reader.ts';
import type { Target } from './target.ts';

/** Everything that deliveries of one repository have in common. */
export class DeliveryRoom {
  readonly root: string;
  readonly logPath: string;
  readonly around: Surroundings;
  /** The repository as events name it. */
  readonly repository: string;
  readonly #output: Pick<Output, 'note' | 'detail'>;

  constructor(root: string, output: Pick<Output, 'note' | 'detail'>, env: NodeJS.ProcessEnv = process.env) {
    this.root = root;
    this.#output = output;
    this.logPath = join(root, RALPH_PATHS.events);
    this.repository = basename(sharedRoot(root));
    const { redact } = new Secrets(root);
    this.around = { root, env, trees: new ProcessTrees(), logs: new LogKeeper(), redact };
  }

  /**
   * Has a target that is new begin at the end of the log. It takes no lock: nobody else tells a target without a cursor.
   *
   * @throws what the file system throws
   */
  async begin(target: Target): Promise<void> {
    if ((await this.#cursorOf(target)) !== undefined) return;
    const place = await endOfLog(this.logPath);
    if (place !== undefined) await writeCursor(cursorPath(this.root, target.id), newCursor(place));
  }

  /**
   * Returns who tells a target, from where the last one got to; nothing where it has not begun, or where something is
   * missing, which is told. To be called by whoever has the lock.
   *
   * @throws what looking for its program throws
   */
  async courierFor(target: Target): Promise<Courier | undefined> {
    const cursor = await this.#cursorOf(target);
    if (cursor === undefined) return undefined;
    const path = cursorPath(this.root, target.id);
    const trouble = troubleOf(target, this.around);
    // A desktop without notifications is told of by `doctor` and `notify test`: to tell each run would be noise.
    if (trouble !== undefined && target.way.kind === 'webhook') {
      this.#output.note(`notifications: ${target.id}: events wait: ${trouble}`);
      return undefined;
    }
    return new Courier({
      target,
      cursor,
      cursorPath: path,
      logPath: this.logPath,
      repository: this.repository,
      around: this.around,
      note: (text) => this.#output.note(text),
      detail: (text) => this.#output.detail(text),
    });
  }

  /**
   * Takes the lock of the deliveries: two that tell the same target would tell it everything twice.
   *
   * @param wait in seconds; nothing not to wait
   * @throws Failure `lock_held`, `cancelled` and their kin
   */
  takeLock(wait: number | undefined, signal: AbortSignal): Promise<LockHolder> {
    const onNote = (line: string) => this.#output.detail(line);
    const prompt = 'ralph-orchestrate: notifications';
    return LockHolder.take({ repo: this.root, name: 'notify', prompt, wait, signal, onNote });
  }

  async #cursorOf({ id }: Target): Promise<Cursor | undefined> {
    const path = cursorPath(this.root, id);
    const known = await readCursor(path);
    if (known !== 'broken') return known;
    this.#output.note(`notifications: ${id}: ${path} cannot be read: what was not sent before now will not be`);
    return undefined;
  }
}
