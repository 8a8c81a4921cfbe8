import type { WorkerRecord } from '@ralph/protocol/contract/state-file';

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
    error_code: waited ? 'cancelled' : 'agent_failed',
  };
}
