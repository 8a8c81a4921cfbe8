import { existsSync, readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname } from 'node:path';

/**
 * Returns the names of the files in a folder that a process which we may look into has open; ours count too. One look at
 * every process: for what is asked rarely.
 *
 * @returns nothing where there is no /proc
 */
export function openFilesIn(folder: string): ReadonlySet<string> | undefined {
  if (!existsSync('/proc/self/fd')) return undefined;
  if (!existsSync(folder)) return new Set();
  const real = realpathSync(folder);
  const open = entries('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => openFilesOf(pid, real));
  return new Set(open);
}

/**
 * Returns the names of the files in a folder that one process has open; none of a process that is gone or closed to us.
 *
 * @param folder its real path
 */
export function openFilesOf(pid: number | string, folder: string): string[] {
  return entries(`/proc/${pid}/fd`)
    .map((fd) => linkAt(`/proc/${pid}/fd/${fd}`))
    .filter((path) => path !== undefined && dirname(path) === folder)
    .map((path) => basename(path ?? ''));
}

/** Processes come and go, and those of others are closed to us. */
function entries(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function linkAt(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
