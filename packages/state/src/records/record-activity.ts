import type { WorkerRecord } from '@ralph/protocol/contract/state-file';
import { isTerminal } from '@ralph/protocol/contract/lifecycle';
import { isAlive } from '@ralph/protocol/process/process-identity';
import { RECORD_LIFETIME_MS } from './pruning.ts';

/**
 * Tells whether somebody may still be at work on a record: its process lives. A record of ralph-agent-loop names no
 * process and is believed for a day; one of ours without a process is between two steps of a program that has claimed
 * the task, and the claim protects it.
 */
export function isActive(record: WorkerRecord, now: Date): boolean {
  if (isTerminal(record.lifecycle)) return false;
  if (record.identity !== undefined) return isAlive(record.identity);
  if (record.attempt !== undefined) return false;
  return now.getTime() - Date.parse(record.started_at) < RECORD_LIFETIME_MS;
}

/** Tells whether a record says `running` although the process it names is gone and never said how it ended. */
export function isLost(record: WorkerRecord, now: Date): boolean {
  return record.lifecycle === 'running' && record.head_commit === undefined && !isActive(record, now);
}
