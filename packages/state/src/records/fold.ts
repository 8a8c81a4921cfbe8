import type { AnyEvent } from '@ralph/protocol/contract/events';
import type { StateFile, WorkerRecord } from '@ralph/protocol/contract/state-file';
import { isRecordEvent, LEADS_TO, RULES, type RecordEvent } from './lifecycle-rules.ts';
import { takenUpAgain, wasGivenUp } from './lost-record.ts';
import { recordAfter } from './record-after.ts';
import { isSameRecord, revisionAfter } from '../store/state-document.ts';

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
  const unchanged = { kind: 'folded', state, changed: false } as const;
  const next = recordAfter(event, current, state.target_branch, held);
  if (next === undefined || (current !== undefined && isSameRecord(current, next))) return unchanged;
  switch (current === undefined ? 'apply' : RULES[event.type][current.lifecycle]) {
    case 'apply':
      return { kind: 'folded', state: withRecord(state, next), changed: true };
    case 'keep':
      return unchanged;
    case 'refuse':
      return current === undefined || isToldAgain(event, current, next) ? unchanged : afterAll(state, event, current);
  }
}

/**
 * Tells whether an event that cannot be the next step is an earlier one, told again: it says what the record knows, or is
 * older than the end of the attempt.
 */
function isToldAgain(event: RecordEvent, current: WorkerRecord, next: WorkerRecord): boolean {
  if (isSameRecord(current, { ...next, lifecycle: current.lifecycle })) return true;
  return !wasGivenUp(current) && Date.parse(event.at) < Date.parse(current.completed_at ?? '');
}

/** What was given up since nobody seemed to be there takes what its owner says after all. */
function afterAll(state: StateFile, event: RecordEvent, current: WorkerRecord): FoldResult {
  const { running, integrating } = RULES[event.type];
  if (!wasGivenUp(current) || (running !== 'apply' && integrating !== 'apply'))
    return illegal(event, current.lifecycle);
  const next = recordAfter(event, takenUpAgain(current), state.target_branch);
  return next === undefined
    ? { kind: 'folded', state, changed: false }
    : { kind: 'folded', state: withRecord(state, next), changed: true };
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
    revision: revisionAfter(state),
  };
}

/** Returns a state in which some records are replaced where they stand; the very state when there are none. */
export function withRecords(state: StateFile, records: readonly WorkerRecord[]): StateFile {
  if (records.length === 0) return state;
  const byId = new Map(records.map((record) => [record.task_id, record]));
  const workers = state.workers.map((record) => {
    const replaced = byId.get(record.task_id) ?? record;
    byId.delete(record.task_id);
    return replaced;
  });
  return { ...state, workers, revision: revisionAfter(state, records.length) };
}

/** Returns a state without some of its records; the others keep their order. */
export function withoutRecords(state: StateFile, dropped: readonly WorkerRecord[]): StateFile {
  const workers = state.workers.filter((record) => !dropped.includes(record));
  return { ...state, workers, revision: revisionAfter(state) };
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
