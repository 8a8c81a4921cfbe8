import type { WorkerRecord } from '@ralph/protocol/contract/state-file';
import { TERMINAL_TASK_STATUSES } from '@ralph/protocol/contract/task-status';

export const WAIT_GOALS = ['landed', 'terminal'] as const;

/** What is waited for: that a task has landed, or that its attempt has ended, however. */
export type WaitGoal = (typeof WAIT_GOALS)[number];

/** What is known of one task. */
export interface Sight {
  readonly record: WorkerRecord | undefined;
  /** Whether the process that has to bring the record to its end is gone, beyond doubt. */
  readonly lost: boolean;
  /** Status in the queue; absent where the queue does not have the task. */
  readonly queued: string | undefined;
  /** Status in the done file. */
  readonly done: string | undefined;
}

/** Where a task stands that is waited for; all but the first two can never come true. */
export type Verdict = 'waiting' | 'reached' | 'failed' | 'blocked' | 'lost' | 'rejected' | 'unknown';

/**
 * Says where a task stands. The record decides where there is one; one that is to be tried again has not ended. Without
 * a record the queue and the done file do. Pure.
 */
export function verdictOn({ record, lost, queued, done }: Sight, goal: WaitGoal): Verdict {
  if (record === undefined) return verdictOnTask(queued, done, goal);
  if (record.lifecycle === 'completed') return 'reached';
  if (record.retry_requested_at !== undefined) return 'waiting';
  switch (record.lifecycle) {
    case 'running':
    case 'integrating':
      return lost ? 'lost' : 'waiting';
    case 'failed':
      return goal === 'terminal' ? 'reached' : 'failed';
    case 'blocked_push':
      return goal === 'terminal' ? 'reached' : 'blocked';
  }
}

function verdictOnTask(queued: string | undefined, done: string | undefined, goal: WaitGoal): Verdict {
  const known = [done, queued].filter((status) => status !== undefined);
  const isOpen = known.some((status) => !TERMINAL_TASK_STATUSES.includes(status));
  const ended = known.find((status) => status === 'done') ?? (isOpen ? undefined : known[0]);
  if (ended === 'done') return 'reached';
  if (ended === 'rejected') return goal === 'terminal' ? 'reached' : 'rejected';
  return queued === undefined && done === undefined ? 'unknown' : 'waiting';
}
