import type { ExitName } from '@ralph/protocol/contract/exit-status';
import { FAILURE_CODES, type FailureCode } from '@ralph/protocol/contract/failure';
import type { WorkerRecord } from '@ralph/protocol/contract/state-file';

/** How often a task has failed, and which attempt was the last that counts. */
export type FailureCount = Pick<WorkerRecord, 'failures' | 'failed_attempt'>;

/** A failure of the machine, of a limit or on request is none of the task. */
const ITS_OWN: ReadonlySet<string> = new Set<ExitName>(['failed', 'timeout']);

/** Returns what a record says of the failures of its task; nothing where it says nothing. */
export function failureCount({ failures, failed_attempt }: WorkerRecord): FailureCount {
  return failures === undefined ? {} : { failures, ...(failed_attempt === undefined ? {} : { failed_attempt }) };
}

/** Returns a record without it. */
export function withoutFailures(record: WorkerRecord): WorkerRecord {
  const { failures: _failures, failed_attempt: _attempt, ...rest } = record;
  return rest;
}

/** Counts a failure; each attempt once, however often it is told. Pure. */
export function failuresAfter(code: string, attempt: number, record: WorkerRecord): FailureCount {
  const isItsOwn = Object.hasOwn(FAILURE_CODES, code) && ITS_OWN.has(FAILURE_CODES[code as FailureCode]);
  if (!isItsOwn || attempt <= (record.failed_attempt ?? 0)) return {};
  const failures = Math.min((record.failures ?? 0) + 1, Number.MAX_SAFE_INTEGER);
  return { failures, failed_attempt: attempt };
}
