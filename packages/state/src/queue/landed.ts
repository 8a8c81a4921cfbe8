import type { Repository } from '@ralph/protocol/process/repository';
import { isQueueTracked } from '../repository-facts.ts';
import type { QueueStore } from '../store/queue-store.ts';
import type { WriteLock } from '../store/write-lock.ts';
import { isReopened } from './archiving.ts';

/** A task that has landed, and when. */
export interface Landed {
  readonly id: string;
  readonly at: string;
}

/** Moves what has landed out of the queue of a repository, unless git carries the queue: then the move is in what landed. */
export class LandedTasks {
  readonly #repository: Repository;
  readonly #queues: QueueStore;
  #tracked: Promise<boolean> | undefined;

  constructor(repository: Repository, queues: QueueStore) {
    this.#repository = repository;
    this.#queues = queues;
  }

  /**
   * Moves those tasks to the done file that are in the queue; one that came from elsewhere is in no queue, and one that was
   * changed since it landed has been opened again.
   *
   * @throws Failure `queue_corrupt`, `git_failed`, `disk_full`, `permission` or `io`
   */
  async archive(lock: WriteLock, landed: readonly Landed[]): Promise<void> {
    if (landed.length === 0) return;
    this.#tracked ??= isQueueTracked(this.#repository);
    if (await this.#tracked) return;
    const at = new Map(landed.map((each) => [each.id, each.at]));
    await this.#queues.archiveAll(lock, [...at.keys()], new Date(), (task) => !isReopened(task, at.get(task.id)));
  }
}
