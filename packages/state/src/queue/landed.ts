import type { WorkerRecord } from '@ralph/protocol/contract/state-file';
import type { Task } from '@ralph/protocol/contract/task';
import type { Repository } from '@ralph/protocol/process/repository';
import { isQueueTracked } from '../repository-facts.ts';
import type { QueueStore } from '../store/queue-store.ts';
import type { WriteLock } from '../store/write-lock.ts';
import { isReopened } from './archiving.ts';
import type { FollowUps } from './follow-ups.ts';

/** A task that has landed, when, and what its record says is still to be added to the queue. */
export interface Landed {
  readonly id: string;
  readonly at: string;
  readonly attempt: number;
  readonly followups: WorkerRecord['followups'];
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
   * Moves those tasks to the done file that are in the queue, and adds what is to follow them in the same write; one that
   * came from elsewhere is in no queue, and one that was changed since it landed has been opened again.
   *
   * @returns the ids of those whose follow-ups stand in the queue now: their records are to say so
   * @throws Failure `queue_corrupt`, `queue_invalid`, `git_failed`, `disk_full`, `permission` or `io`
   */
  async archive(lock: WriteLock, landed: readonly Landed[]): Promise<ReadonlySet<string>> {
    if (landed.length === 0) return new Set();
    this.#tracked ??= isQueueTracked(this.#repository);
    if (await this.#tracked) return new Set();
    const at = new Map(landed.map((each) => [each.id, each.at]));
    const proposed = await proposedBy(landed);
    const isDue = (task: Task) => !isReopened(task, at.get(task.id));
    await this.#queues.archiveAll(lock, [...at.keys()], { now: new Date(), isDue, proposed });
    return new Set(proposed.map(({ sourceId }) => sourceId));
  }
}

/** A record is a file that anybody may have edited: what cannot be read in it stays there, and keeps nothing else back. */
async function proposedBy(landed: readonly Landed[]): Promise<FollowUps[]> {
  const told = landed.filter(({ followups }) => followups !== undefined);
  if (told.length === 0) return [];
  const { followups: schema } = await import('@ralph/protocol/contract/followups');
  return told.flatMap(({ id: sourceId, attempt, followups }) => {
    const parsed = schema.safeParse(followups);
    return parsed.success ? [{ sourceId, attempt, tasks: parsed.data }] : [];
  });
}
