import type { WorkerRecord } from '@ralph/protocol/contract/state-file';
import type { Claims } from './claims.ts';
import { isLost } from './record-activity.ts';

/** A record as it is printed: `lost` when it says `running` or `integrating` and its process is gone. */
export type ShownRecord = WorkerRecord & { readonly lost?: true };

export function shownRecord(record: WorkerRecord, now: Date, isClaimed: Claims): ShownRecord {
  return isLost(record, now, isClaimed) ? { ...record, lost: true } : record;
}

/** Returns the lifecycle of a record in words: `running (lost)`, `failed (retry)` when it was asked for again. */
export function lifecycleWords({ lifecycle, lost, retry_requested_at: requested }: ShownRecord): string {
  if (lost === true) return `${lifecycle} (lost)`;
  return requested === undefined ? lifecycle : `${lifecycle} (retry)`;
}
