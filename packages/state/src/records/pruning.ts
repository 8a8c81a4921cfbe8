import { isTerminal } from '@ralph/protocol/contract/lifecycle';
import type { WorkerRecord } from '@ralph/protocol/contract/state-file';

/** How long a record is kept after its end. */
export const RECORD_LIFETIME_MS = 24 * 60 * 60 * 1000;

/**
 * Tells whether a record has outlived its use: it ended a day ago or more, counted from its end (the reference counts
 * from the start and so forgets blocked work at once). A blocked record stays as long as its workspace does. A record
 * whose times cannot be read has no use.
 */
export function isOutlived(record: WorkerRecord, now: Date, workspaceExists: (path: string) => boolean): boolean {
  if (!isTerminal(record.lifecycle)) return false;
  if (record.lifecycle === 'blocked_push' && record.workspace_path !== '' && workspaceExists(record.workspace_path)) {
    return false;
  }
  const ended = [record.completed_at, record.started_at].map((text) => Date.parse(text ?? '')).find(Number.isFinite);
  return ended === undefined || now.getTime() - ended >= RECORD_LIFETIME_MS;
}
