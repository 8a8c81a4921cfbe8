import { isTerminal } from '@ralph/protocol/contract/lifecycle';
import type { WorkerRecord } from '@ralph/protocol/contract/state-file';

/** How long a record is kept after its end, in milliseconds. */
export const RECORD_LIFETIME_MS = 24 * 60 * 60 * 1000;

export interface PruningRule {
  readonly now: Date;
  /** How long a record is kept after its end, in milliseconds. */
  readonly lifetimeMs: number;
  readonly workspaceIsThere: (path: string) => boolean;
}

/**
 * Tells whether a record has outlived its use: it ended long enough ago, counted from its end (the reference counts
 * from the start and so forgets blocked work at once). Work whose workspace is still there, whatever became of it, and
 * work that somebody asked for again are never forgotten. A record whose times cannot be read has no use.
 */
export function isOutlived(record: WorkerRecord, { now, lifetimeMs, workspaceIsThere }: PruningRule): boolean {
  if (!isTerminal(record.lifecycle) || record.retry_requested_at !== undefined) return false;
  if (workspaceIsThere(record.workspace_path)) return false;
  const ended = [record.completed_at, record.started_at].map((text) => Date.parse(text ?? '')).find(Number.isFinite);
  return ended === undefined || Math.max(0, now.getTime() - ended) >= lifetimeMs;
}
