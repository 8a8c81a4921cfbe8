import { join } from 'node:path';
import { Failure } from '@ralph/protocol/contract/failure';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { takeFlock, type HeldLock } from '@ralph/protocol/process/flock';

const WAIT_MS = 60_000;

/** Proof that this process may write the state file, the queue and the done file of a repository. */
export type WriteLock = Pick<HeldLock, 'path'>;

/**
 * Runs a read-modify-write while no other writer of the family does one in this repository.
 *
 * @throws Failure `lock_held` when others write for a minute on end, `cancelled` when the signal ended the wait
 */
export async function withWriteLock<T>(
  root: string,
  signal: AbortSignal,
  work: (lock: WriteLock) => Promise<T>,
): Promise<T> {
  const lock = await takeWriteLock(root, signal);
  try {
    return await work(lock);
  } finally {
    lock.release();
  }
}

/**
 * Takes the lock that every writer of these files takes.
 *
 * @throws Failure `lock_held` when others write for a minute on end, `cancelled` when the signal ended the wait
 */
export async function takeWriteLock(root: string, signal: AbortSignal): Promise<HeldLock> {
  const path = join(root, RALPH_PATHS.stateLock);
  const lock = await takeFlock(path, { waitMs: WAIT_MS, signal });
  if (lock !== undefined) return lock;
  if (signal.aborted) throw new Failure('cancelled', 'the wait for the state file was ended');
  throw new Failure('lock_held', `the state file has been locked by another writer for a minute: ${path}`, {
    hint: 'run the command again; if it stays so, look for a stopped ralph-state process',
  });
}
