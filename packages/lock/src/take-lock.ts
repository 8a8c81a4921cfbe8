import type { Output } from '@ralph/protocol/cli/output';
import { asIoFailure, Failure, isFailure, type FailureParts } from '@ralph/protocol/contract/failure';
import type { LockRecord } from '@ralph/protocol/contract/lock-record';
import { takeFlock, type HeldLock } from '@ralph/protocol/process/flock';
import { sweepNextFiles } from '@ralph/protocol/process/next-file';
import { describeHolder } from './describe-holder.ts';
import { readRecord } from './lock-record.ts';
import { lookAtLock, type LockView } from './look-at-lock.ts';
import { endLeftovers } from './end-leftovers.ts';
import { networkWarningFor } from './network-file-system.ts';
import { isHeldByFamily } from './own-family.ts';
import { overwriteRecord, serialise } from './record-layout.ts';
import { noticeWait } from './wait-notice.ts';

/** A prober elsewhere may take the lock for an instant only to look at it: not a reason to refuse. */
const GRACE_MS = 150;

export interface TakeRequest {
  readonly path: string;
  /** Returns what the file is to say of the holder: the same each time, and not asked for before it is needed. */
  readonly record: () => LockRecord;
  /** Seconds; nothing means not to wait. */
  readonly wait: number | undefined;
  readonly signal: AbortSignal;
  /** Ends the wait, but not a take that needs no waiting. */
  readonly waitSignal?: AbortSignal;
  /** The status to end with when another holds the lock. */
  readonly conflictExit: number | undefined;
  readonly output: Output;
}

export interface TakenLock {
  readonly record: LockRecord;
  readonly held: HeldLock;
  /** Marks the record as released and lets the lock go. */
  release(): void;
}

/**
 * Takes the lock and writes who holds it.
 *
 * @throws Failure `lock_held` when another holds it after the wait, `lock_held_by_ancestor` at once when that would
 *   never end, `cancelled` when a signal ended the wait, `permission`, `disk_full`, `io` or `lock_unavailable`; the
 *   lock is then not held and nothing is left behind
 */
export async function takeLock(request: TakeRequest): Promise<TakenLock> {
  const { path } = request;
  let record: LockRecord | undefined;
  // The time is that of the win, and not of the beginning of a wait.
  const startNow = () => (record = { ...request.record(), started: new Date().toISOString() });
  const held = await win(request, () => serialise(startNow()));
  const written = held.made && record !== undefined ? record : startNow();
  let before: LockRecord | undefined;
  try {
    if (!held.made) before = readRecord(path);
    if (!held.made) overwriteRecord(held.fd, written);
  } catch (error) {
    held.release();
    throw asIoFailure(error, `write the lock file ${path}`);
  }
  sweep(path);
  const warning = networkWarningFor(path);
  if (warning !== undefined) request.output.note(`ralph-lock: ${warning}`);
  await endLeftovers(before, request.output);
  return { record: written, held, release: () => release(held, written) };
}

function sweep(path: string): void {
  try {
    sweepNextFiles(path);
  } catch {
    // What stays is in nobody's way.
  }
}

async function win(request: TakeRequest, firstContent: () => Uint8Array): Promise<HeldLock> {
  const { path, wait, signal, waitSignal } = request;
  const grace = await tryFlock(request, { waitMs: GRACE_MS, signal, firstContent });
  if (grace !== undefined) return grace;
  if (signal.aborted) throw waitEnded();
  const view = await lookAtLock(path);
  if (isHeldByFamily(view)) throw lockHeld(request, view, 'lock_held_by_ancestor');
  if (wait === undefined) throw lockHeld(request, view, 'lock_held');
  const ended = waitSignal === undefined ? signal : AbortSignal.any([signal, waitSignal]);
  const endNotice = noticeWait(path, view, request.output);
  try {
    const held = await takeFlock(path, { waitMs: wait * 1000, signal: ended, firstContent });
    if (held !== undefined) return held;
  } finally {
    endNotice();
  }
  if (ended.aborted) throw waitEnded();
  throw lockHeld(request, await lookAtLock(path), 'lock_held');
}

/** To be told that the file of somebody else may not be written says less than that he holds it. */
async function tryFlock(request: TakeRequest, options: Parameters<typeof takeFlock>[1]): Promise<HeldLock | undefined> {
  try {
    return await takeFlock(request.path, options);
  } catch (error) {
    if (!isFailure(error) || error.code !== 'permission') throw error;
    const view = await lookAtLock(request.path).catch(() => undefined);
    if (view?.locked === true) throw lockHeld(request, view, 'lock_held');
    throw error;
  }
}

function release(held: HeldLock, record: LockRecord): void {
  try {
    if (held.isCurrent()) overwriteRecord(held.fd, { ...record, state: 'released' });
  } finally {
    held.release();
  }
}

function waitEnded(): Failure {
  return new Failure('cancelled', 'the wait was ended');
}

type HeldCode = 'lock_held' | 'lock_held_by_ancestor';

function lockHeld({ path, conflictExit, wait }: TakeRequest, view: LockView, code: HeldCode): Failure {
  const parts: FailureParts = {
    hint:
      code === 'lock_held'
        ? `${wait === undefined ? 'wait for it with --wait' : 'wait longer'}, or look at it with ralph-lock status`
        : 'leave out the inner ralph-lock: the lock is held for this command already; or use another --name',
    details: { path, holder: view.holder },
    ...(conflictExit === undefined ? {} : { exit: conflictExit }),
  };
  const whom = code === 'lock_held' ? describeHolder(view) : `your own ancestor, ${describeHolder(view)}`;
  return new Failure(code, `held by ${whom}: ${path}`, parts);
}
