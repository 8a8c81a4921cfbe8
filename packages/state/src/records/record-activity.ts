import type { WorkerRecord } from '@ralph/protocol/contract/state-file';
import { isTerminal } from '@ralph/protocol/contract/lifecycle';
import { isAlive } from '@ralph/protocol/process/process-identity';
import type { Claims } from './claims.ts';
import { RECORD_LIFETIME_MS } from './pruning.ts';

/**
 * What goes on with a record: its process lives or its task is claimed (`at_work`); it names none, as those of ralph-agent-loop do, and is
 * believed for a day; its agent has handed it on and it is `waiting` for its integration; nobody is there any more
 * (`lost`); or it has `ended`.
 */
export type Activity = 'ended' | 'at_work' | 'believed' | 'waiting' | 'lost';

/**
 * Returns what goes on with a record. Between two steps of an attempt no process may be named, or one that has ended;
 * whoever takes the steps has claimed the task.
 */
export function activityOf(record: WorkerRecord, now: Date, isClaimed: Claims): Activity {
  if (isTerminal(record.lifecycle)) return 'ended';
  if (record.identity !== undefined && isAlive(record.identity)) return 'at_work';
  if (record.attempt !== undefined && isClaimed(record.task_id)) return 'at_work';
  if (record.lifecycle === 'running' && record.head_commit !== undefined) return 'waiting';
  const isForeign = record.identity === undefined && record.attempt === undefined;
  return isForeign && now.getTime() - Date.parse(record.started_at) < RECORD_LIFETIME_MS ? 'believed' : 'lost';
}

/** Tells whether somebody may still be at work on a record. */
export function isActive(record: WorkerRecord, now: Date, isClaimed: Claims): boolean {
  return isAtWork(activityOf(record, now, isClaimed));
}

/** Tells whether it means that somebody may still be at work. */
export function isAtWork(activity: Activity): boolean {
  return activity === 'at_work' || activity === 'believed';
}

/** Tells whether a record says that it is worked on although nobody is there who could say how it ended. */
export function isLost(record: WorkerRecord, now: Date, isClaimed: Claims): boolean {
  return activityOf(record, now, isClaimed) === 'lost';
}
