import type { WorkerRecord } from '@ralph/protocol/contract/state-file';
import { isLost } from './record-activity.ts';

/** A record as it is printed: `lost` when it says `running` and its process is gone. */
export type ShownRecord = WorkerRecord & { readonly lost?: true };

export function shownRecord(record: WorkerRecord, now: Date): ShownRecord {
  return isLost(record, now) ? { ...record, lost: true } : record;
}
