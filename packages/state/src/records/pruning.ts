import { isTerminal } from '@ralph/protocol/contract/lifecycle';
import type { WorkerRecord } from '@ralph/protocol/contract/state-file';

const DAY_MS = 24 * 60 * 60 * 1000;

/** How long a record is kept after its end, in milliseconds. */
export const RECORD_LIFETIME_MS = DAY_MS;

/** How long it is remembered how often a task has failed, in milliseconds: a run a night is not to forget it. */
export const FAILURES_LIFETIME_MS = 30 * DAY_MS;

export interface PruningRule {
  readonly now: Date;
  /** How long a record is kept after its end, in milliseconds. */
  readonly lifetimeMs: number;
  /** The same for one that counts failures of its task. */
  readonly failuresLifetimeMs: number;
  readonly workspaceIsThere: (path: string) => boolean;
}

/**
 * Tells whether a record has outlived its use: it ended long enough ago, counted from its end (the reference counts
 * from the start and so forgets blocked work at once). Work whose workspace is still there, whatever became of it, and
 * work that somebody asked for again are never forgotten, and one that counts failures is kept for a month. A record
 * whose times cannot be read has no use.
 */
export function isOutlived(record: WorkerRecord, rule: PruningRule): boolean {
  if (!isTerminal(record.lifecycle) || record.retry_requested_at !== undefined) return false;
  if (rule.workspaceIsThere(record.workspace_path)) return false;
  const ended = [record.completed_at, record.started_at].map((text) => Date.parse(text ?? '')).find(Number.isFinite);
  const lifetime = (record.failures ?? 0) > 0 ? rule.failuresLifetimeMs : rule.lifetimeMs;
  return ended === undefined || Math.max(0, rule.now.getTime() - ended) >= lifetime;
}

/** Returns how long records are kept where somebody asked for so many seconds, or said nothing. */
export function lifetimeMs(seconds: number | undefined): number {
  return seconds === undefined ? RECORD_LIFETIME_MS : seconds * 1000;
}
