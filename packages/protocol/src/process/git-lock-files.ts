import { readdirSync, type Dirent } from 'node:fs';
import { join } from 'node:path';

/** Too many files, and none that git locks. */
const SKIPPED = new Set(['objects', 'logs', 'ralph', 'hooks']);

/**
 * Lists the lock files in a git folder. A git that is killed leaves them behind: at any system call one of index, HEAD,
 * a branch, packed-refs or config may be locked.
 */
export function gitLockFiles(folder: string): string[] {
  return entriesOf(folder).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : gitLockFiles(path);
    return entry.name.endsWith('.lock') ? [path] : [];
  });
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // No git folder, or it is something else: nothing of git's is locked there.
    return [];
  }
}
