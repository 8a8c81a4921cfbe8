import { closeSync } from 'node:fs';
import { isCurrentFile, takeFlock, type FlockOptions, type HeldLock } from './flock.ts';
import { lockDescriptor } from './lock-descriptor.ts';
import { LockServant } from './lock-servant.ts';

/** What takes a lock once or twice is done before a servant would pay. */
const TAKES_BEFORE_SERVANT = 2;

interface KeptFile {
  readonly fd: number;
  readonly servant: LockServant;
  /** Held, or about to be: then it stays open whatever becomes of the servant. */
  isInUse: boolean;
  isServed: boolean;
}

/** An exclusive flock(2) on one file for somebody who takes it again and again: the file stays open in between. */
export class KeptFlock {
  readonly #path: string;
  #takes = 0;
  #kept: KeptFile | undefined;
  /** One that was lost, or could not be started, is not replaced. */
  #hasLostServant = false;

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Takes the lock as `takeFlock` does, one at a time.
   *
   * @returns the lock, or nothing when another still holds it after the wait or the signal was aborted
   * @throws Failure as `takeFlock`
   */
  async take(options: FlockOptions): Promise<HeldLock | undefined> {
    const deadline = performance.now() + options.waitMs;
    this.#takes += 1;
    for (let kept = this.#usable(); kept !== undefined; kept = this.#usable()) {
      kept.isInUse = true;
      const attempt = await this.#lock(kept, { ...options, waitMs: Math.max(0, deadline - performance.now()) });
      if (attempt === 'locked' && isCurrentFile(kept.fd, this.#path)) return this.#held(kept);
      if (attempt === 'busy') {
        this.#rest(kept);
        return undefined;
      }
      this.#drop(kept);
    }
    const lock = await takeFlock(this.#path, { ...options, waitMs: Math.max(0, deadline - performance.now()) });
    const pays = this.#takes > TAKES_BEFORE_SERVANT && !this.#hasLostServant && process.platform === 'linux';
    if (lock === undefined || !pays) return lock;
    let servant: LockServant;
    try {
      servant = new LockServant(lock.fd, () => {
        this.#hasLostServant = true;
        kept.isServed = false;
        if (!kept.isInUse) this.#drop(kept);
      });
    } catch {
      // The machine has no room for another process now; the lock is held all the same.
      this.#hasLostServant = true;
      return lock;
    }
    const kept: KeptFile = { fd: lock.fd, servant, isInUse: true, isServed: true };
    this.#kept = kept;
    return this.#held(kept);
  }

  /** Lets go of the file; a lock that is held goes with it, a moment later. */
  close(): void {
    if (this.#kept !== undefined) this.#drop(this.#kept);
  }

  #usable(): KeptFile | undefined {
    const kept = this.#kept;
    if (kept === undefined || (kept.isServed && isCurrentFile(kept.fd, this.#path))) return kept;
    this.#drop(kept);
    return undefined;
  }

  async #lock({ fd, servant }: KeptFile, options: FlockOptions): Promise<'locked' | 'busy' | 'moved' | 'lost'> {
    const attempt = await servant.lock();
    if (attempt !== 'busy' || options.waitMs <= 0) return attempt;
    const { waitMs, signal } = options;
    return lockDescriptor(fd, { waitMs, signal, hasMoved: () => !isCurrentFile(fd, this.#path) });
  }

  #held(kept: KeptFile): HeldLock {
    let open = true;
    return {
      path: this.#path,
      fd: kept.fd,
      made: false,
      isCurrent: () => open && isCurrentFile(kept.fd, this.#path),
      release: () => {
        if (!open) return;
        open = false;
        kept.servant.unlock();
        this.#rest(kept);
      },
    };
  }

  #rest(kept: KeptFile): void {
    kept.isInUse = false;
    if (!kept.isServed) this.#drop(kept);
  }

  #drop(kept: KeptFile): void {
    if (this.#kept !== kept) return;
    this.#kept = undefined;
    kept.servant.close();
    closeSync(kept.fd);
  }
}
