import type { Output } from '@ralph/protocol/cli/output';
import { asIoFailure, Failure } from '@ralph/protocol/contract/failure';
import type { LockRecord } from '@ralph/protocol/contract/lock-record';
import { takeFlock, type HeldLock } from '@ralph/protocol/process/flock';
import { ensureLockFile, overwriteRecord, ownRecord, readRecord } from './lock-record.ts';

/** A prober elsewhere may take the lock for an instant only to look at it: not a reason to refuse. */
const GRACE_MS = 150;

export interface TakeRequest {
  readonly path: string;
  readonly prompt: string | undefined;
  /** Seconds; nothing means not to wait. */
  readonly wait: number | undefined;
  readonly signal: AbortSignal;
  /** Ends the wait, but not a take that needs no waiting. */
  readonly waitSignal?: AbortSignal;
  readonly output: Output;
}

export interface TakenLock {
  readonly record: LockRecord;
  /** Marks the record as released and lets the lock go. */
  release(): void;
}

/**
 * Takes the lock and writes who holds it.
 *
 * @throws Failure `lock_held` (75) when another holds it after the wait, `cancelled` when a signal ended the wait
 */
export async function takeLock(request: TakeRequest): Promise<TakenLock> {
  const { path, signal, waitSignal } = request;
  const record = ownRecord(request.prompt);
  try {
    ensureLockFile(path, record);
    const held = await takeWithNotice(request);
    const waitEnded = signal.aborted || (request.wait !== undefined && waitSignal?.aborted === true);
    if (held === undefined) throw waitEnded ? new Failure('cancelled', 'the wait was ended') : lockHeld(path);
    overwriteRecord(held.fd, record);
    return { record, release: () => release(held, record) };
  } catch (error) {
    throw asIoFailure(error, `write the lock file ${path}`);
  }
}

async function takeWithNotice({ path, wait, signal, waitSignal, output }: TakeRequest): Promise<HeldLock | undefined> {
  const held = await takeFlock(path, { waitMs: GRACE_MS, signal });
  if (held !== undefined || wait === undefined || signal.aborted) return held;
  output.note(`ralph-lock: waiting for ${describeHolder(readRecord(path))}`);
  return takeFlock(path, {
    waitMs: wait * 1000,
    signal: waitSignal === undefined ? signal : AbortSignal.any([signal, waitSignal]),
  });
}

function release(held: HeldLock, record: LockRecord): void {
  if (held.isCurrent()) overwriteRecord(held.fd, { ...record, state: 'released' });
  held.release();
}

/** The failure for a lock that another holds, naming the holder as far as the record tells. */
function lockHeld(path: string): Failure {
  const holder = readRecord(path);
  return new Failure('lock_held', `held by ${describeHolder(holder)}: ${path}`, {
    hint: 'wait for it with --wait, or look at it with ralph-lock status',
    details: { path, holder: holder ?? null },
  });
}

function describeHolder(holder: LockRecord | undefined): string {
  if (holder === undefined || holder.state === 'released') return 'a process that left no record';
  return `pid ${holder.pid} since ${holder.started} (${holder.prompt})`;
}
