import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { RALPH_PATHS } from '../contract/paths.ts';
import { openFilesIn } from './open-files.ts';
import { sharedRoot } from './repository.ts';

const ENDING = '.lock';

/** Returns the file whose lock is the claim of a task. */
export function claimPath(repoRoot: string, taskId: string): string {
  return join(sharedRoot(repoRoot), RALPH_PATHS.claims, `${taskId}${ENDING}`);
}

/**
 * Returns the tasks that a process has claimed, or waits to claim, without getting in the way of anybody. By the kernel's
 * table of locks, which everybody may read; and since a container does not see all of it, and some file systems give other
 * numbers there, by the files that are open.
 *
 * @returns nothing where that cannot be seen: there is no /proc
 */
export function claimedTasks(repoRoot: string): ReadonlySet<string> | undefined {
  const folder = join(sharedRoot(repoRoot), RALPH_PATHS.claims);
  const open = openFilesIn(folder);
  if (open === undefined) return undefined;
  const files = new Set([...open, ...lockedFilesIn(folder)]);
  return new Set([...files].filter((name) => name.endsWith(ENDING)).map((name) => name.slice(0, -ENDING.length)));
}

function lockedFilesIn(folder: string): string[] {
  try {
    const table = readFileSync('/proc/locks', 'latin1');
    return readdirSync(folder).filter((name) => table.includes(keyOf(join(folder, name))));
  } catch {
    return [];
  }
}

/** The file as the table names it: the two parts of its device in hexadecimal, and its number. */
function keyOf(path: string): string {
  const { dev, ino } = statSync(path, { bigint: true });
  const major = ((dev >> 8n) & 0xfffn) | ((dev >> 32n) & ~0xfffn);
  const minor = (dev & 0xffn) | ((dev >> 12n) & ~0xffn);
  const hex = (part: bigint) => part.toString(16).padStart(2, '0');
  return ` ${hex(major)}:${hex(minor)}:${ino} `;
}
