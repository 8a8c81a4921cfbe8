import { statSync } from 'node:fs';

interface Known {
  /** The number of its folder in /proc: never given again, so that together with the pid it tells a process from any later one. */
  readonly folder: number;
  readonly startTime: number;
}

/**
 * When the processes of this machine began, as far as they were looked at: to see that a process is still the same takes
 * the kernel a third of what it takes to tell all about it, and most processes of a machine are older than any of ours.
 */
export class KnownProcesses {
  readonly #known = new Map<number, Known>();

  /** Tells whether the process with this number is one that is known to have begun before some time, as in /proc/PID/stat. */
  isOlder(pid: number, since: number): boolean {
    const known = this.#known.get(pid);
    return known !== undefined && known.startTime < since && folderOf(pid) === known.folder;
  }

  /** Reads what /proc says of a process and remembers when it began; the process that was read is surely the one that is remembered. */
  look<T extends { readonly startTime: string }>(pid: number, read: () => T | undefined): T | undefined {
    const before = folderOf(pid);
    const found = read();
    // Between the two looks the number may have been given to another: then nothing is known of either.
    if (found !== undefined && before !== undefined && folderOf(pid) === before)
      this.#known.set(pid, { folder: before, startTime: Number(found.startTime) });
    else this.#known.delete(pid);
    return found;
  }

  /** Forgets those that are gone. */
  keepOnly(pids: ReadonlySet<number>): void {
    for (const pid of this.#known.keys()) if (!pids.has(pid)) this.#known.delete(pid);
  }
}

function folderOf(pid: number): number | undefined {
  try {
    return statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.ino;
  } catch {
    return undefined;
  }
}
