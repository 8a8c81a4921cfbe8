import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { attemptRef, landedRef, salvageRef } from '@ralph/protocol/contract/paths';
import { dropFile } from '@ralph/protocol/process/drop-file';
import { gitLockFiles } from '@ralph/protocol/process/git-lock-files';
import { findGitRepository } from '@ralph/protocol/process/repository';
import { gitsIn } from './workspace-recovery.ts';

/**
 * Removes the locks that a killed git has left on the refs of a task in the main repository. To be called by the holder of
 * the task's claim: nobody else changes those refs.
 */
export function removeLeftRefLocks(root: string, taskId: string): void {
  const { gitDir } = findGitRepository(root);
  for (const ref of [attemptRef(taskId, 1), salvageRef(taskId, 1), landedRef(taskId, 1)]) {
    for (const path of gitLockFiles(join(gitDir, dirname(ref)))) dropFile(path);
  }
}

/**
 * Removes the lock of a ref that everybody may change, unless a git is at work in the main repository that could hold it.
 * Linux only; elsewhere a living git cannot be seen. Returns whether there was one to remove.
 */
export function removeLeftLock(root: string, ref: string): boolean {
  if (process.platform !== 'linux' || gitsIn(root).length > 0) return false;
  const path = join(findGitRepository(root).gitDir, `${ref}.lock`);
  if (!existsSync(path)) return false;
  dropFile(path);
  return true;
}
