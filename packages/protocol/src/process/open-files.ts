import { existsSync, readdirSync, readlinkSync, realpathSync } from 'node:fs';

/**
 * Tells whether a process that we may look into has a file open; ours count too. One look at every process: for what is
 * asked rarely.
 *
 * @returns nothing where there is no /proc
 */
export function isOpenSomewhere(path: string): boolean | undefined {
  if (!existsSync('/proc/self/fd')) return undefined;
  if (!existsSync(path)) return false;
  const real = realpathSync(path);
  return entries('/proc')
    .filter((name) => /^\d+$/.test(name))
    .some((pid) => entries(`/proc/${pid}/fd`).some((fd) => linkAt(`/proc/${pid}/fd/${fd}`) === real));
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
