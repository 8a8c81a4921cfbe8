import { closeSync, constants, fstatSync, linkSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { dropFile } from './drop-file.ts';
import { takeFlock, type HeldLock } from './flock.ts';
import { nextFilePath, sweepLeftIn } from './next-file.ts';

interface LockedFile {
  readonly draft: string;
  readonly lock: HeldLock;
}

/**
 * Lock files for whoever takes many short locks, each on a file of its own: they are made and locked once under names that
 * nobody else takes, and a lock is taken by giving one the name that it is known by, which the file system does for one alone.
 * So no program has to be started for it. The locks go with us, as others do. One that waits for such a lock hears of its end
 * when he looks at the name again, some moments later.
 */
export class ClaimFiles {
  readonly #idle: LockedFile[] = [];
  #isUsable = process.platform === 'linux';
  #isSwept = false;

  /** Takes the lock on a file that is not there yet; nothing when there is one, or it cannot be done in this way. */
  async take(path: string): Promise<HeldLock | undefined> {
    if (!this.#isUsable || statSync(path, { throwIfNoEntry: false }) !== undefined) return undefined;
    const file = this.#idle.pop() ?? (await this.#make(path));
    if (file === undefined) return undefined;
    try {
      linkSync(file.draft, path);
    } catch (error) {
      // Another was faster.
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') this.#idle.push(file);
      else this.#give(file);
      return undefined;
    }
    const shown = isAt(file, path) ? openAt(path) : undefined;
    if (shown !== undefined) return this.#held(file, path, shown);
    this.#give(file);
    return undefined;
  }

  /** Gives every file back that is not in use; what is in use later is not used again. */
  close(): void {
    this.#isUsable = false;
    for (const file of this.#idle.splice(0)) this.#give(file);
  }

  /** @param shown a descriptor by which others see that we have the file of this name open */
  #held(file: LockedFile, path: string, shown: number): HeldLock {
    let open = true;
    return {
      path,
      fd: file.lock.fd,
      made: true,
      isCurrent: () => open && isAt(file, path),
      release: () => {
        if (!open) return;
        open = false;
        closeSync(shown);
        // With its name still there it has to be free.
        if (this.#isUsable && fstatSync(file.lock.fd).nlink === 1 && isAt(file, file.draft)) this.#idle.push(file);
        else this.#give(file);
      },
    };
  }

  async #make(path: string): Promise<LockedFile | undefined> {
    const draft = nextFilePath(path);
    const lock = await takeFlock(draft, { waitMs: 0 });
    if (lock === undefined) return undefined;
    if (!this.#isSwept) sweepLeftIn(dirname(path));
    this.#isSwept = true;
    return { draft, lock };
  }

  #give(file: LockedFile): void {
    try {
      dropFile(file.draft);
    } catch {
      // Whoever sweeps the folder removes it.
    } finally {
      file.lock.release();
    }
  }
}

function openAt(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
}

function isAt({ lock }: LockedFile, path: string): boolean {
  try {
    const at = statSync(path, { throwIfNoEntry: false, bigint: true });
    const ours = fstatSync(lock.fd, { bigint: true });
    return at !== undefined && at.ino === ours.ino && at.dev === ours.dev;
  } catch {
    return false;
  }
}
