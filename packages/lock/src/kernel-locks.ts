import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { bytesOfFile } from '@ralph/protocol/process/read-open-file';
import type { LockFileKey } from './lock-file-key.ts';

/** What one process has to do with the lock on a file. */
export type Possession = 'has' | 'has_not' | 'not_known';

/** The kernel hands the table out a page at a time; locks that come and go between two pages hide others. */
const ONE_PAGE = 3500;
const MOST_READINGS = 5;

/** Tells whether the kernel's table names a flock(2) lock on a file; nothing where there is no table, as on macOS. */
export function isInLockTable(key: LockFileKey): boolean | undefined {
  for (let reading = 1; ; reading += 1) {
    let table: string;
    try {
      table = readFileSync('/proc/locks', 'latin1');
    } catch {
      return undefined;
    }
    if (isInTable(table, key)) return true;
    if (table.length < ONE_PAGE || reading === MOST_READINGS) return false;
  }
}

/**
 * Tells whether a text of the kernel names a flock(2) lock on a file. A line is such as
 * `2: FLOCK  ADVISORY  WRITE 411 08:01:1835085 0 EOF`; one that only waits has `->` before its kind.
 */
function isInTable(table: string, key: LockFileKey): boolean {
  const place = `${key.device}:${key.inode}`;
  return table.split('\n').some((line) => {
    const [, kind, , , , where] = line.trim().split(/\s+/);
    return kind === 'FLOCK' && where === place;
  });
}

/**
 * Tells whether a process has an open file description that holds a flock(2) lock on a file, by the kernel's word. The
 * table of locks names who asked for a lock, which may have ended, and hides it then in a container; this finds who
 * keeps it.
 */
export function possessionOf(pid: number, key: LockFileKey): Possession {
  try {
    const folder = `/proc/${pid}/fdinfo`;
    return readdirSync(folder).some((fd) => holdsBy(`${folder}/${fd}`, key)) ? 'has' : 'has_not';
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return (code === 'ENOENT' || code === 'ESRCH') && seesProcesses() ? 'has_not' : 'not_known';
  }
}

/** Looks for a line such as `lock: 1: FLOCK  ADVISORY  WRITE 0 08:01:1835085 0 EOF`. */
function holdsBy(info: string, key: LockFileKey): boolean {
  try {
    const lines = bytesOfFile(info).toString('latin1').split('\n');
    return lines.some((line) => line.startsWith('lock:') && isInTable(line.slice('lock:'.length), key));
  } catch {
    // Closed in this moment.
    return false;
  }
}

/** Whether the processes of other users are shown to us at all: the first of all is always there. */
export function seesProcesses(): boolean {
  return existsSync('/proc/1');
}

export interface LockKeeper {
  readonly pid: number;
  /** Its name, as in /proc/PID/comm. */
  readonly command: string;
}

/** Returns every process that keeps the lock on a file, as far as we may look. */
export function keepersOf(key: LockFileKey): LockKeeper[] {
  let pids: string[];
  try {
    pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
  return pids
    .map(Number)
    .filter((pid) => possessionOf(pid, key) === 'has')
    .map((pid) => ({ pid, command: commandName(pid) }));
}

/** Returns the name of a process, or nothing to see when it is gone. */
export function commandName(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return '';
  }
}
