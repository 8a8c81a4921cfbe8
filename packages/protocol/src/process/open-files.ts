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
    .flatMap((pid) => entries(`/proc/${pid}/fd`).map((fd) => linkAt(`/proc/${pid}/fd/${fd}`)))
    .filter((path) => path !== undefined && dirname(path) === real)
    .map((path) => basename(path ?? ''));
  return new Set(open);
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
