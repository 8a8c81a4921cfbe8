import type { FailureCode } from '@ralph/protocol/contract/failure';
import type { WorkerRecord } from '@ralph/protocol/contract/state-file';

const GIVEN_UP = 'owner_gone' satisfies FailureCode;

/**
 * Returns a record that nobody works on any more as one that has failed, at the time given. What was finished and only
 * waited for its integration was not lost: its commits are parked.
 */
export function asFailed(record: WorkerRecord, at: string): WorkerRecord {
  const waited = record.lifecycle === 'running' && record.head_commit !== undefined;
  return {
    ...record,
    lifecycle: 'failed',
    completed_at: at,
    last_error: waited ? 'not integrated: it waited in vain' : 'lost: its process is gone',
    error_code: GIVEN_UP,
  };
}

/** Tells whether a record has failed for nothing but that nobody seemed to be at work on it. */
export function wasGivenUp({ lifecycle, error_code }: WorkerRecord): boolean {
  return lifecycle === 'failed' && error_code === GIVEN_UP;
}

/** Returns a record that was given up as it was before. */
export function takenUpAgain(record: WorkerRecord): WorkerRecord {
  const { completed_at: _at, last_error: _error, error_code: _code, ...rest } = record;
  return { ...rest, lifecycle: 'running' };
}
