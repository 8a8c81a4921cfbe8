import type { WorkerRecord } from '@ralph/protocol/contract/state-file';
import { claimedTasks } from '@ralph/protocol/process/claimed-tasks';
import { isLost } from '../records/record-activity.ts';

/** What a process leaves when it ends, its last event, needs a moment to get into the state file. */
const LAST_WORD_MS = 2000;

/**
 * Tells whether the owner of a record is gone. A process that is not there is not enough: between two steps of an
 * attempt (set-up, agent, salvage, integration) there is none, but somebody has the claim of the task; and what it said
 * last may be on its way.
 */
export class LostOwners {
  readonly #root: string;
  readonly #since = new Map<string, number>();

  constructor(root: string) {
    this.#root = root;
  }

  /**
   * @param now milliseconds, of a clock that never goes back
   * @param final whether there is no time to look again: then the last word is not waited for
   */
  isGone(record: WorkerRecord, now: number, final: boolean): boolean {
    const { task_id: id } = record;
    if (!isLost(record, new Date(), (task) => this.#isClaimed(task, record))) {
      this.#since.delete(id);
      return false;
    }
    const since = this.#since.get(id) ?? now;
    this.#since.set(id, since);
    return final || now - since >= LAST_WORD_MS;
  }

  /** Whether somebody is suspected to be gone. */
  get suspects(): boolean {
    return this.#since.size > 0;
  }

  #isClaimed(task: string, { identity }: WorkerRecord): boolean {
    // Where claims cannot be seen, a step without a process must be believed.
    return claimedTasks(this.#root)?.has(task) ?? identity === undefined;
  }
}
