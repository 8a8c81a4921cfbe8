import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { attemptRef, landedRef, salvageRef, trainRef } from '@ralph/protocol/contract/paths';
import { dropFile } from '@ralph/protocol/process/drop-file';
import { gitLockFiles } from '@ralph/protocol/process/git-lock-files';
import { endLeftGits } from '@ralph/protocol/process/left-gits';
import { gitsIn } from './workspace-recovery.ts';
import { gitFolderOf } from '../site/git-folder.ts';

/**
 * Removes the locks that a killed git has left on the refs of a task in the main repository, and ends what still waits for
 * one of them. To be called by the holder of the task's claim: nobody else changes those refs.
 */
export async function removeLeftRefLocks(root: string, taskId: string): Promise<void> {
  const gitDir = gitFolderOf(root);
  const folders = [attemptRef, salvageRef, landedRef, trainRef].map((refOf) => dirname(refOf(taskId, 1)));
  const locks = folders.flatMap((folder) => gitLockFiles(join(gitDir, folder)));
  if (locks.length === 0) return;
  await endLeftGits(root, (ref) => folders.includes(dirname(ref)));
  for (const path of locks) dropFile(path);
}

/**
 * Removes the lock of a ref that everybody may change, unless a git is at work in the main repository that could hold it.
 * Linux only; elsewhere a living git cannot be seen. Returns whether there was one to remove.
 */
export function removeLeftLock(root: string, ref: string): boolean {
  if (process.platform !== 'linux' || gitsIn(root).length > 0) return false;
  const path = join(gitFolderOf(root), `${ref}.lock`);
  if (!existsSync(path)) return false;
  dropFile(path);
  return true;
}
