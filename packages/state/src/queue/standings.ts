import type { StateFile, WorkerRecord } from '@ralph/protocol/contract/state-file';
import type { Task } from '@ralph/protocol/contract/task';
import type { Claims } from '../records/claims.ts';
import { isActive } from '../records/record-activity.ts';
import { keptByQueue } from './kept-by-queue.ts';
import type { Standing } from './selection.ts';

export interface Standings {
  /** What the records say against starting tasks of the queue, by task id. */
  readonly standings: ReadonlyMap<string, Standing>;
  /** Tasks that a person has asked for again. */
  readonly asked: ReadonlySet<string>;
  /** How often tasks have failed since they were asked for. */
  readonly failures: ReadonlyMap<string, number>;
}

/**
 * Returns what the records say about starting tasks of the queue.
 *
 * @param busy tasks that whoever asks has in hand: nobody has to be looked for
 */
export function standingsOf(
  state: StateFile | undefined,
  queue: readonly Task[],
  now: Date,
  isClaimed: Claims,
  busy: ReadonlySet<string> = new Set(),
): Standings {
  const standings = new Map<string, Standing>();
  const asked = new Set<string>();
  const failures = new Map<string, number>();
  for (const record of state?.workers ?? []) {
    const isAtWork = () => busy.has(record.task_id) || isActive(record, now, isClaimed);
    const standing = standingOf(record, () => updateTimes(queue).get(record.task_id), isAtWork);
    if (standing !== undefined) standings.set(record.task_id, standing);
    if (record.retry_requested_at !== undefined) asked.add(record.task_id);
    if (record.failures !== undefined) failures.set(record.task_id, record.failures);
  }
  return { standings, asked, failures };
}

const updateTimes = keptByQueue((queue) => new Map(queue.map((task) => [task.id, task.updated_at])));

function standingOf(
  record: WorkerRecord,
  taskUpdatedAt: () => string | undefined,
  isAtWork: () => boolean,
): Standing | undefined {
  switch (record.lifecycle) {
    case 'running':
    case 'integrating':
      return isAtWork() ? 'active' : undefined;
    case 'completed':
      // Where git carries the queue, a checkout that was not brought up to date still lists what has landed. Somebody
      // who opens the task again changes it after that.
      return Date.parse(taskUpdatedAt() ?? '') > Date.parse(record.completed_at ?? '') ? undefined : 'landed';
    case 'blocked_push':
      return record.retry_requested_at === undefined ? 'blocked' : undefined;
    case 'failed':
      return undefined;
  }
}
