import { isDeepStrictEqual } from 'node:util';
import type { EventFields } from '@ralph/protocol/contract/events';
import type { StateFile, WorkerRecord } from '@ralph/protocol/contract/state-file';

/** One difference between two states, as the event that tells it. */
export type StateChange = {
  [T in 'record.changed' | 'record.removed' | 'state.retargeted']: {
    readonly type: T;
    readonly fields: EventFields<T>;
  };
}['record.changed' | 'record.removed' | 'state.retargeted'];

/**
 * Returns what makes one state another: the target branch first, then the records that have gone, in the order in which
 * they stood, then the new and the changed ones in the order in which they stand. Any field of a record counts, the
 * order of its fields does not. No file is a state without records and without a target branch, at revision 0. Pure.
 */
export function stateChanges(before: StateFile | undefined, after: StateFile | undefined): readonly StateChange[] {
  const revision = after?.revision ?? 0;
  const old = recordsById(before);
  const now = recordsById(after);
  const changes: StateChange[] = [];
  const [from, to] = [before?.target_branch ?? '', after?.target_branch ?? ''];
  if (from !== to) changes.push({ type: 'state.retargeted', fields: { target_branch: to, before: from, revision } });
  for (const [task_id, record] of old) {
    if (now.has(task_id)) continue;
    changes.push({
      type: 'record.removed',
      fields: { task_id, ...attemptOf(record), before: record.lifecycle, revision },
    });
  }
  for (const record of now.values()) {
    const known = old.get(record.task_id);
    if (known === undefined || !isDeepStrictEqual(known, record)) changes.push(changed(record, known, revision));
  }
  return changes;
}

function changed(record: WorkerRecord, known: WorkerRecord | undefined, revision: number): StateChange {
  const { task_id, lifecycle } = record;
  const fields = { task_id, ...attemptOf(record), lifecycle, before: known?.lifecycle ?? null, revision, record };
  return { type: 'record.changed', fields };
}

function attemptOf({ attempt }: WorkerRecord): { attempt?: number } {
  return attempt === undefined ? {} : { attempt };
}

/** Where a task has two records, the first one stands for it, as it does for those who ask for one. */
function recordsById(state: StateFile | undefined): ReadonlyMap<string, WorkerRecord> {
  const byId = new Map<string, WorkerRecord>();
  for (const record of state?.workers ?? []) if (!byId.has(record.task_id)) byId.set(record.task_id, record);
  return byId;
}
