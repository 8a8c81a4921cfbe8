import { firstIssue } from '@ralph/protocol/contract/first-issue';
import { LIFECYCLES } from '@ralph/protocol/contract/lifecycle';
import { workerRecord, type WorkerRecord } from '@ralph/protocol/contract/state-file';
import type { FindingCode } from './finding.ts';

/** Something that was wrong with a record. */
export interface RecordFault {
  readonly code: FindingCode;
  /** The bad field; nothing for the record as a whole. */
  readonly field: string | undefined;
  readonly problem: string;
  readonly action: string;
}

export interface MendedRecord {
  /** Absent when nothing can be made of it. */
  readonly record: WorkerRecord | undefined;
  readonly faults: readonly RecordFault[];
}

/**
 * Makes a sound record of what was read: bad fields are dropped, and a lifecycle that is not known becomes failed, since
 * nothing can be said for its work. Pure.
 */
export function mendRecord(value: unknown, now: Date): MendedRecord {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return dropped(`${(JSON.stringify(value) ?? '').slice(0, 60)} is no record`);
  }
  const fields: Record<string, unknown> = { ...value };
  const { task_id: taskId, lifecycle } = fields;
  if (typeof taskId !== 'string' || taskId.trim() === '') return dropped('has no task_id: nobody can tell its task');
  const faults: RecordFault[] = [];
  if (lifecycle !== undefined && !(LIFECYCLES as readonly unknown[]).includes(lifecycle)) {
    const problem = `lifecycle ${JSON.stringify(lifecycle)} is not known`;
    faults.push({ code: 'record_bad_field', field: 'lifecycle', problem, action: 'it is failed now' });
    fields['lifecycle'] = 'failed';
    fields['last_error'] = `repair: ${problem}`;
    fields['completed_at'] ??= now.toISOString();
  }
  for (;;) {
    const parsed = firstIssue(workerRecord, fields);
    if (parsed.success) return { record: parsed.data, faults };
    for (const { path, message } of parsed.error.issues) {
      const field = String(path[0]);
      if (!Object.hasOwn(fields, field)) continue;
      delete fields[field];
      const problem = `${path.join('.')}: ${message}`;
      faults.push({ code: 'record_bad_field', field, problem, action: 'the field is dropped' });
    }
  }
}

function dropped(problem: string): MendedRecord {
  const fault = { code: 'record_without_task', field: undefined, problem, action: 'the record is dropped' } as const;
  return { record: undefined, faults: [fault] };
}

/** Where a record was dropped for another one of its task. */
export interface DroppedTwin {
  /** Of the record that goes. */
  readonly index: number;
  readonly taskId: string;
  readonly attempt: number;
  readonly kept: number;
}

/**
 * Leaves one record of each task: the one of the highest attempt, of two such the later, in the place of the first. Pure.
 */
export function withoutTwins(records: readonly WorkerRecord[]): {
  readonly records: readonly WorkerRecord[];
  readonly dropped: readonly DroppedTwin[];
} {
  const best = new Map<string, number>();
  const losers: number[] = [];
  for (const [index, record] of records.entries()) {
    const other = best.get(record.task_id);
    const wins = other === undefined || attemptOf(record) >= attemptOf(records[other]);
    if (wins) best.set(record.task_id, index);
    const loser = wins ? other : index;
    if (loser !== undefined) losers.push(loser);
  }
  return {
    records: [...best.values()].map((index) => records[index]).filter((record) => record !== undefined),
    dropped: losers.map((index) => {
      const taskId = records[index]?.task_id ?? '';
      const kept = attemptOf(records[best.get(taskId) ?? -1]);
      return { index, taskId, attempt: attemptOf(records[index]), kept };
    }),
  };
}

function attemptOf(record: WorkerRecord | undefined): number {
  return record?.attempt ?? 0;
}
