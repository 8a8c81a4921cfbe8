import { readdirSync, rmSync, type Dirent } from 'node:fs';
import { join } from 'node:path';

/** Too many files, and none that git locks. */
const SKIPPED = new Set(['objects', 'logs', 'ralph', 'hooks']);

/**
 * Removes the lock files that a killed git has left in a workspace (measured: a kill at any system call leaves one of
 * index, HEAD, a branch, packed-refs or config locked). To be called when no process works there any more.
 */
export function removeStaleLocks(workspace: string): void {
  sweep(join(workspace, '.git'));
}

function sweep(folder: string): void {
  for (const entry of entriesOf(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!SKIPPED.has(entry.name)) sweep(path);
    } else if (entry.name.endsWith('.lock')) rmSync(path, { force: true });
  }
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // No git folder, or it is something else: nothing of git's to mend.
    return [];
  }
}
