import type { HeldLock } from '@ralph/protocol/process/flock';
import { KeptWriteLock, type WriteLock } from './write-lock.ts';

/** How long the lock is kept for a next piece of work. */
const IDLE_MS = 30;

/** When others get their turn, however much work there is. */
const LONGEST_MS = 100;

/**
 * The write lock for somebody with much to write: pieces of work that follow each other closely share one take of it,
 * for a tenth of a second at most. Between two pieces it may be lost, and others may write.
 */
export class WriteTurn {
  readonly #kept: KeptWriteLock;
  #lock: HeldLock | undefined;
  #since = 0;
  #idle: NodeJS.Timeout | undefined;

  constructor(root: string) {
    this.#kept = new KeptWriteLock(root);
  }

  /**
   * Runs one read-modify-write while nobody else does one.
   *
   * @throws Failure `lock_held` when others write for a minute on end, `cancelled` when the signal ended the wait
   */
  async use<T>(signal: AbortSignal, work: (lock: WriteLock) => Promise<T>): Promise<T> {
    clearTimeout(this.#idle);
    // Somebody may have removed the file and locked a new one: what we hold is nothing then.
    if (this.#lock?.isCurrent() === false) this.end();
    if (this.#lock === undefined) {
      this.#lock = await this.#kept.take(signal);
      this.#since = performance.now();
    }
    try {
      return await work(this.#lock);
    } finally {
      if (performance.now() - this.#since >= LONGEST_MS) this.end();
      else this.#idle = setTimeout(() => this.end(), IDLE_MS);
    }
  }

  /** Gives the lock back and keeps nothing open. */
  close(): void {
    this.end();
    this.#kept.close();
  }

  /** Gives the lock back. */
  end(): void {
    clearTimeout(this.#idle);
    this.#lock?.release();
    this.#lock = undefined;
  }
}
