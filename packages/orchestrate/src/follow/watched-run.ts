import { join } from 'node:path';
import type { LockRecord } from '@ralph/protocol/contract/lock-record';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { bootId, isAlive } from '@ralph/protocol/process/process-identity';
import { FileStamps } from '../run/file-stamps.ts';
import { isRun } from '../stop/judge-stop.ts';
import { loopHolder } from '../stop/loop-holder.ts';

const LOCK = '.ralph/loop.lock';

/** The run that holds the loop lock, as others see it. */
export class WatchedRun {
  readonly holder: LockRecord;
  readonly #root: string;
  readonly #onNote: (line: string) => void;
  readonly #lock: FileStamps;

  private constructor(root: string, holder: LockRecord, onNote: (line: string) => void) {
    this.#root = root;
    this.holder = holder;
    this.#onNote = onNote;
    this.#lock = new FileStamps([join(root, LOCK)]);
  }

  /** Finds the run that goes on; nothing where there is none. */
  static async find(root: string, onNote: (line: string) => void): Promise<WatchedRun | undefined> {
    const holder = await loopHolder(root, onNote);
    return holder === undefined || !isRun(holder) ? undefined : new WatchedRun(root, holder, onNote);
  }

  /** The files that tell of it. */
  static paths(root: string): { readonly events: string; readonly lock: string } {
    return { events: join(root, RALPH_PATHS.events), lock: join(root, LOCK) };
  }

  /** Tells whether it still holds the lock; somebody is asked only where there is a sign that it does not. */
  async goesOn(): Promise<boolean> {
    const { pid, start_time = '', boot_id = bootId(), token } = this.holder;
    const hasChanged = this.#lock.look();
    if (!hasChanged && isAlive({ pid, start_time, boot_id })) return true;
    const now = await loopHolder(this.#root, this.#onNote);
    return now !== undefined && now.pid === pid && now.token === token;
  }
}
