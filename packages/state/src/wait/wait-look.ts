import { join } from 'node:path';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import type { WorkerRecord } from '@ralph/protocol/contract/state-file';
import type { Task } from '@ralph/protocol/contract/task';
import { StateStore } from '../store/state-store.ts';

/** What the files say of the tasks that are waited for. */
export interface Known {
  readonly records: ReadonlyMap<string, WorkerRecord>;
  readonly queued: ReadonlyMap<string, string>;
  readonly done: ReadonlyMap<string, string>;
}

/** Returns the files that say where a task stands. */
export function watchedPaths(root: string): readonly string[] {
  return [new StateStore(root).path, join(root, RALPH_PATHS.queue), join(root, RALPH_PATHS.done)];
}

/**
 * Reads the records of some tasks; the queue and the done file only where one of them has none.
 *
 * @throws Failure `state_corrupt`, `state_newer`, `queue_corrupt`, `permission` or `io`
 */
export async function readKnown(root: string, ids: readonly string[]): Promise<Known> {
  const state = await new StateStore(root).read();
  const records = new Map<string, WorkerRecord>();
  for (const record of state?.workers ?? []) if (!records.has(record.task_id)) records.set(record.task_id, record);
  if (ids.every((id) => records.has(id))) return { records, queued: new Map(), done: new Map() };
  const { QueueStore } = await import('../store/queue-store.ts');
  // The queue is read first, and a task that moves is in the done file before it leaves the queue: one has it.
  const { queue, done } = await new QueueStore(root).read();
  return { records, queued: statuses(queue.tasks), done: statuses(done.tasks) };
}

/** Rejected tasks may share their id with one that is not: that one is meant. */
function statuses(tasks: readonly Task[]): ReadonlyMap<string, string> {
  const known = new Map<string, string>();
  for (const { id, status = 'todo' } of tasks) {
    if (status !== 'rejected' || !known.has(id)) known.set(id, status);
  }
  return known;
}
