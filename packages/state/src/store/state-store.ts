import { join } from 'node:path';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import type { StateFile } from '@ralph/protocol/contract/state-file';
import { replaceFile } from '@ralph/protocol/process/durable-file';
import { sweepNextFiles } from '@ralph/protocol/process/next-file';
import { readTextIfPresent } from '@ralph/protocol/process/read-jsonc';
import { parseState, serialiseState } from './state-document.ts';
import type { WriteLock } from './write-lock.ts';

/** The state file of one repository; nothing else opens it. */
export class StateStore {
  readonly path: string;

  constructor(root: string) {
    this.path = join(root, RALPH_PATHS.state);
  }

  /**
   * Returns what the file says, or nothing when there is none. Needs no lock: the file is always whole.
   *
   * @throws Failure `state_corrupt`, `state_newer`, `permission` or `io`
   */
  async read(): Promise<StateFile | undefined> {
    const text = readTextIfPresent(this.path);
    return text === undefined ? undefined : parseState(text, this.path);
  }

  /**
   * Replaces the file, durably, and removes what killed writers left beside it.
   *
   * @param lock what makes sure that nobody wrote since the state was read
   * @throws Failure `disk_full`, `permission` or `io`; the file is then as it was
   */
  async write(lock: WriteLock, state: StateFile): Promise<void> {
    void lock;
    sweepNextFiles(this.path);
    await replaceFile(this.path, serialiseState(state));
  }
}
