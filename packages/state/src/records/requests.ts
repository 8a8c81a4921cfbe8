import { commandLine } from '@ralph/protocol/cli/shell-words';
import { Failure } from '@ralph/protocol/contract/failure';
import type { WorkerRecord } from '@ralph/protocol/contract/state-file';
import { MAY_BE_REMOVED, MAY_BE_RETRIED } from './lifecycle-rules.ts';
import { asFailed } from './lost-record.ts';
import { isAtWork, type Activity } from './record-activity.ts';

export interface RetryRequest {
  readonly at: string;
  /** By a new agent, not from the commits that are kept. */
  readonly fresh: boolean;
}

/**
 * Returns a record with the request to run its task again (reference: retry, which calls it `running` at once). Its
 * lifecycle stays, unless nobody is there any more who could end it: then it has failed. Asked twice, the first
 * request stands; it may be widened to a fresh one. Pure.
 *
 * @throws Failure `illegal_transition` when the task has landed, `record_active` while somebody may be at work
 */
export function withRetryRequest(record: WorkerRecord, activity: Activity, { at, fresh }: RetryRequest): WorkerRecord {
  const { task_id: id } = record;
  const rule = MAY_BE_RETRIED[record.lifecycle];
  if (rule === 'never') {
    throw new Failure('illegal_transition', `Task ${id} has already completed successfully. No retry needed.`, {
      hint: `${commandLine(['ralph-state', 'remove', id])}  # if it is to be done once more; open it in the queue then`,
      taskId: id,
    });
  }
  if (rule === 'when_idle' && isAtWork(activity)) {
    throw new Failure('record_active', `Task ${id} is currently running. Cannot retry an active worker.`, {
      hint: activity === 'believed' ? dropAnyway(id) : STOP_FIRST,
      taskId: id,
    });
  }
  const { retry_fresh: wasFresh, ...ended } = rule === 'when_idle' ? asFailed(record, at) : record;
  const isFresh = fresh || (record.retry_requested_at !== undefined && wasFresh === true);
  return {
    ...ended,
    retry_requested_at: record.retry_requested_at ?? at,
    ...(isFresh ? { retry_fresh: true } : {}),
  };
}

/**
 * Makes sure that a record may be dropped.
 *
 * @param force drops one that names no process, though it seems that another tool is at work on it
 * @throws Failure `record_active`
 */
export function requireRemovable(record: WorkerRecord, activity: Activity, force: boolean): void {
  const { task_id: id, lifecycle } = record;
  if (MAY_BE_REMOVED[lifecycle] === 'always' || (!isAtWork(activity) && activity !== 'waiting')) return;
  if (activity === 'at_work') {
    throw new Failure('record_active', `${id} is ${lifecycle}: its process is alive`, { hint: STOP_FIRST, taskId: id });
  }
  if (force) return;
  if (activity === 'waiting') {
    throw new Failure('record_active', `${id} is finished and waits for its integration`, {
      hint: dropAnyway(id),
      taskId: id,
    });
  }
  throw new Failure('record_active', `${id} is ${lifecycle} and names no process: another tool may be at work on it`, {
    hint: dropAnyway(id),
    taskId: id,
  });
}

const STOP_FIRST = 'wait until it has ended, or stop the run first';

function dropAnyway(id: string): string {
  return `if you are certain that nobody is at work on it: ${commandLine(['ralph-state', 'remove', id, '--force'])}`;
}
