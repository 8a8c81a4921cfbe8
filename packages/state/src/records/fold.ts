import type { AnyEvent } from '@ralph/protocol/contract/events';
import type { StateFile, WorkerRecord } from '@ralph/protocol/contract/state-file';
import { isRecordEvent, LEADS_TO, RULES, type RecordEvent } from './lifecycle-rules.ts';
import { recordAfter } from './record-after.ts';
import { isSameRecord, revisionOf } from '../store/state-document.ts';

export type FoldResult =
  | { readonly kind: 'folded'; readonly state: StateFile; readonly changed: boolean }
  | { readonly kind: 'refused'; readonly code: 'fenced' | 'illegal_transition'; readonly message: string };

/**
 * Folds one event into a state. A record stands for the latest attempt at its task: a later attempt replaces it where
 * it stands, an earlier one is refused as `fenced`, the same event again changes nothing. Each change raises the
 * revision by one, so that the result does not depend on how a stream is cut into writes.
 */
export function fold(state: StateFile, event: AnyEvent): FoldResult {
  if (!isRecordEvent(event)) return { kind: 'folded', state, changed: false };
  const held = state.workers.find((record) => record.task_id === event.task_id);
  const latest = held?.attempt ?? 0;
  if (event.attempt < latest) return fenced(event, latest);
  const current = event.attempt === latest ? held : undefined;
  const next = recordAfter(event, current, state.target_branch);
  if (next === undefined || (current !== undefined && isSameRecord(current, next))) {
    return { kind: 'folded', state, changed: false };
  }
  switch (current === undefined ? 'apply' : RULES[event.type][current.lifecycle]) {
    case 'apply':
      return { kind: 'folded', state: withRecord(state, next), changed: true };
    case 'keep':
      return { kind: 'folded', state, changed: false };
    case 'refuse':
      return illegal(event, current?.lifecycle ?? '');
  }
}

/** Returns a state in which the record of a task is replaced where it stands, or added at the end. */
export function withRecord(state: StateFile, record: WorkerRecord): StateFile {
  const isSame = ({ task_id }: WorkerRecord) => task_id === record.task_id;
  const index = state.workers.findIndex(isSame);
  const workers = index === -1 ? [...state.workers, record] : state.workers.with(index, record);
  const isAlone = index === -1 || state.workers.findLastIndex(isSame) === index;
  return {
    ...state,
    workers: isAlone ? workers : workers.filter((other, at) => at === index || !isSame(other)),
    revision: revisionOf(state) + 1,
  };
}

/** Returns a state without some of its records; the others keep their order. */
export function withoutRecords(state: StateFile, dropped: readonly WorkerRecord[]): StateFile {
  const workers = state.workers.filter((record) => !dropped.includes(record));
  return { ...state, workers, revision: revisionOf(state) + 1 };
}

function fenced(event: RecordEvent, latest: number): FoldResult {
  const message = `${event.type} of attempt ${event.attempt} at ${event.task_id} is stale: attempt ${latest} has taken over`;
  return { kind: 'refused', code: 'fenced', message };
}

function illegal(event: RecordEvent, from: string): FoldResult {
  const to = LEADS_TO[event.type] ?? from;
  const message = `${event.type} cannot take ${event.task_id} (attempt ${event.attempt}) from ${from} to ${to}`;
  return { kind: 'refused', code: 'illegal_transition', message };
}
