import type { WorkerRecord } from '@ralph/protocol/contract/state-file';
import type { Claims } from './claims.ts';
import { resumable } from './resumable.ts';
import { activityOf, type Activity } from './record-activity.ts';

/**
 * A record as it is printed: `lost` when it says `running` or `integrating` and its process is gone, and what goes on with
 * one that has not ended; `resumes` when it was asked for again and lands from the commits that are kept.
 */
export type ShownRecord = WorkerRecord & {
  readonly lost?: true;
  readonly activity?: Exclude<Activity, 'ended'>;
  readonly resumes?: true;
};

export function shownRecord(record: WorkerRecord, now: Date, isClaimed: Claims): ShownRecord {
  const activity = activityOf(record, now, isClaimed);
  if (activity === 'ended') return resumable(record) === undefined ? record : { ...record, resumes: true };
  return { ...record, activity, ...(activity === 'lost' ? { lost: true } : {}) };
}

/** Returns the lifecycle of a record in words: `running (lost)`, `failed (retry)` when it was asked for again. */
export function lifecycleWords({ lifecycle, lost, retry_requested_at: requested }: ShownRecord): string {
  if (lost === true) return `${lifecycle} (lost)`;
  return requested === undefined ? lifecycle : `${lifecycle} (retry)`;
}
