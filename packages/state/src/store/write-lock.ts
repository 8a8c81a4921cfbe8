import { join } from 'node:path';
import { Failure } from '@ralph/protocol/contract/failure';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { takeFlock, type FlockOptions, type HeldLock } from '@ralph/protocol/process/flock';
import { KeptFlock } from '@ralph/protocol/process/kept-flock';

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
  return taken(path, signal, (options) => takeFlock(path, options));
}

/** The same lock for somebody who takes it again and again; only his own takes must not overlap. */
export class KeptWriteLock {
  readonly #path: string;
  readonly #flock: KeptFlock;

  constructor(root: string) {
    this.#path = join(root, RALPH_PATHS.stateLock);
    this.#flock = new KeptFlock(this.#path);
  }

  /**
   * Takes the lock.
   *
   * @throws Failure as `takeWriteLock`
   */
  take(signal: AbortSignal): Promise<HeldLock> {
    return taken(this.#path, signal, (options) => this.#flock.take(options));
  }

  /** Keeps nothing open any more. */
  close(): void {
    this.#flock.close();
  }
}

async function taken(
  path: string,
  signal: AbortSignal,
  take: (options: FlockOptions) => Promise<HeldLock | undefined>,
): Promise<HeldLock> {
  const lock = await take({ waitMs: WAIT_MS, signal });
  if (lock !== undefined) return lock;
  if (signal.aborted) throw new Failure('cancelled', 'the wait for the state file was ended');
  throw new Failure('lock_held', `the state file has been locked by another writer for a minute: ${path}`, {
    hint: 'run the command again; if it stays so, look for a stopped ralph-state process',
  });
}
