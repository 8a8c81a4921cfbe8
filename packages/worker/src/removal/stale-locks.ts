import { dropFile } from '@ralph/protocol/process/drop-file';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { attemptRef, baseRef, salvageRef } from '@ralph/protocol/contract/paths';
import { gitLockFiles } from '@ralph/protocol/process/git-lock-files';
import { endLeftGits } from '@ralph/protocol/process/left-gits';
import { loopOf, type Repository } from '@ralph/protocol/process/repository';
import { hasOwnGitFolder } from '../workspace/own-git-folder.ts';

/** Removes the locks that a killed git has left in a workspace. To be called when no process works there any more. */
export function removeStaleLocks(workspace: string): void {
  if (!hasOwnGitFolder(workspace)) return;
  for (const path of gitLockFiles(join(workspace, '.git'))) dropFile(path);
}

/**
 * Removes the locks that a killed git has left on the refs of a task in the user's repository, and ends what still waits
 * for one of them. To be called by the holder of the task's claim: nobody else changes those refs.
 */
export async function removeStaleRefLocks(repo: Required<Repository>, taskId: string): Promise<void> {
  const { root, gitDir } = repo;
  const base = baseRef(taskId, loopOf(root)?.name);
  const folders = [attemptRef(taskId, 1), salvageRef(taskId, 1)].map((ref) => dirname(ref));
  const locks = folders.flatMap((folder) => gitLockFiles(join(gitDir, folder)));
  const baseLock = join(gitDir, `${base}.lock`);
  if (existsSync(baseLock)) locks.push(baseLock);
  if (locks.length === 0) return;
  await endLeftGits(root, (ref) => ref === base || folders.includes(dirname(ref)));
  for (const path of locks) dropFile(path);
}
