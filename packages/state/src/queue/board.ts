import type { StateFile } from '@ralph/protocol/contract/state-file';
import type { Task } from '@ralph/protocol/contract/task';
import { leftBehind } from './archiving.ts';
import { QueueStore, type QueuePair } from '../store/queue-store.ts';
import { claimsIn } from '../records/claims.ts';
import { requireValid } from './placed-problems.ts';
import { select, type Selection, type SelectionWish, type Waiting } from './selection.ts';
import { standingsOf } from './standings.ts';
import { StateStore } from '../store/state-store.ts';
import { withWriteLock, type WriteLock } from '../store/write-lock.ts';

export type SelectionRequest = Partial<SelectionWish>;

/**
 * Reads what selection needs and selects.
 *
 * @throws Failure `queue_invalid`, `queue_corrupt`, `state_corrupt`, `state_newer`, `permission` or `io`
 */
export async function selectFromDisk(
  root: string,
  signal: AbortSignal,
  request: SelectionRequest,
): Promise<Selection & { readonly state: StateFile | undefined }> {
  const state = await new StateStore(root).read();
  return { ...(await selectFrom(root, state, await readMended(new QueueStore(root), signal), request)), state };
}

/** Reads queue and done file. Takes the write lock only when a killed writer left a task in both. */
export async function readMended(store: QueueStore, signal: AbortSignal): Promise<QueuePair> {
  const pair = await store.read();
  return leftBehind(pair).length === 0 ? pair : withWriteLock(store.root, signal, (lock) => store.readHealed(lock));
}

/**
 * Selects for a state that may not be on the disk yet.
 *
 * @param lock that of the caller, who must name it where he has it
 * @throws Failure as `selectFromDisk`
 */
export async function selectFor(
  state: StateFile,
  store: QueueStore,
  lock: WriteLock | undefined,
  request: SelectionRequest,
): Promise<Selection> {
  const pair = await (lock === undefined ? readMended(store, new AbortController().signal) : store.readHealed(lock));
  return selectFrom(store.root, state, pair, request);
}

/**
 * Counts the tasks of the queue and those that could start now; what a killed writer left in both files counts as done.
 *
 * @throws Failure as `selectFromDisk`; nothing is ever written
 */
export async function surveyQueue(
  root: string,
  state: StateFile | undefined,
  now: Date,
): Promise<{ readonly tasks: number; readonly runnable: number; readonly waiting: Waiting }> {
  const { queue: asRead, done } = await new QueueStore(root).read();
  const left = new Set(leftBehind({ queue: asRead, done }));
  const queue = { ...asRead, tasks: asRead.tasks.filter((_task, index) => !left.has(index)) };
  const { runnable, waiting } = await selectFrom(root, state, { queue, done }, {}, now);
  return { tasks: queue.tasks.length, runnable: runnable.size, waiting };
}

const ANYTHING: SelectionWish = {
  includeDraft: false,
  exclude: new Set(),
  busy: new Set(),
  busyScopes: [],
  maxFailures: undefined,
};

async function selectFrom(
  root: string,
  state: StateFile | undefined,
  pair: QueuePair,
  request: SelectionRequest,
  now = new Date(),
): Promise<Selection> {
  await requireValid(pair.queue, pair.done);
  const wish = { ...ANYTHING, ...request };
  const standings = standingsOf(state, pair.queue.tasks, now, claimsIn(root), wish.busy);
  return select({ queue: pair.queue.tasks, done: pair.done.tasks, ...standings, now, wish });
}

/** Returns the attempt that comes after the one that is on record; 1 where none is. */
export function nextAttempt(state: StateFile | undefined, taskId: string): number {
  return (state?.workers.find(({ task_id }) => task_id === taskId)?.attempt ?? 0) + 1;
}

/** Returns a task as a line that asks for work: with the number of its next attempt, where there was an earlier one. */
export function workLine(state: StateFile | undefined, task: Task): Task {
  const attempt = nextAttempt(state, task.id);
  return attempt === 1 ? task : { ...task, attempt };
}
