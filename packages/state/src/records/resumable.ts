import type { WorkerRecord } from '@ralph/protocol/contract/state-file';
import { wasGivenUp } from './lost-record.ts';

/** What is known of an attempt whose commits are kept, as far as somebody needs it who lands them. */
export type Resume = Pick<WorkerRecord, 'workspace_path' | 'title' | 'base_commit' | 'head_commit' | 'log_path'> & {
  readonly attempt: number;
};

/**
 * Returns the attempt of a record that is to be landed from the commits that are kept, when a person has asked for its
 * task again and not for a new agent: one that is blocked, or that was finished and never integrated. Pure.
 */
export function resumable(record: WorkerRecord | undefined): Resume | undefined {
  if (record?.retry_requested_at === undefined || record.retry_fresh === true || record.attempt === undefined) return;
  const waited = wasGivenUp(record) && record.head_commit !== undefined;
  if (record.lifecycle !== 'blocked_push' && !waited) return;
  const { attempt, workspace_path, title, base_commit, head_commit, log_path } = record;
  return { attempt, workspace_path, title, base_commit, head_commit, log_path };
}
