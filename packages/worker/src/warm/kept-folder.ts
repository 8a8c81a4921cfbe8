import { closeSync, copyFileSync, mkdirSync, openSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { readAgain } from '@ralph/protocol/process/read-again';
import type { Site } from '../site/site.ts';

const PREFIX = '.ralph-kept.';

/** Below it, git makes a fresh workspace faster than it looks through an old one. */
const FEWEST_FILES = 2000;

/** Returns the folder beside a task's workspace, out of the way of its agent, that keeps what makes it reusable. */
export function keptFolder({ root }: Pick<Site, 'root'>, taskId: string): string {
  return join(root, `${PREFIX}${taskId}`);
}

/** Returns the task that a name in the root is the kept folder of, or nothing. */
export function taskOfKeptFolder(name: string): string | undefined {
  return name.startsWith(PREFIX) ? name.slice(PREFIX.length) : undefined;
}

/** Returns the index that was kept in such a folder. */
export function keptIndex(folder: string): string {
  return join(folder, 'index');
}

/**
 * Keeps the index of a workspace in which nobody but us has worked: later it tells what was changed, whatever an agent
 * makes of its own. In a small repository that is not worth it, unless a set-up makes it so.
 */
export function keepIndex(site: Site, taskId: string, workspace: string, also: { readonly small: boolean }): void {
  const folder = keptFolder(site, taskId);
  const own = join(workspace, '.git/index');
  rmSync(folder, { recursive: true, force: true });
  if (!also.small && filesInIndex(own) < FEWEST_FILES) return;
  mkdirSync(folder);
  copyFileSync(own, keptIndex(folder));
  // Git trusts the stat data of files that are older than the index: the copy must never look younger than its source.
  const seconds = (Math.floor(statSync(own).mtimeMs) - 1) / 1000;
  utimesSync(keptIndex(folder), seconds, seconds);
}

/** Returns how many files an index lists, from its head alone; 0 when it cannot be read. */
export function filesInIndex(path: string): number {
  const head = Buffer.alloc(12);
  try {
    const file = openSync(path, 'r');
    try {
      const isWhole = readAgain(file, head, 0, head.length, 0) === head.length;
      return isWhole && head.toString('latin1', 0, 4) === 'DIRC' ? head.readUInt32BE(8) : 0;
    } finally {
      closeSync(file);
    }
  } catch {
    return 0;
  }
}
