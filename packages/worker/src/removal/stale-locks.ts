import { dropFile } from '@ralph/protocol/process/drop-file';
import { dirname, join } from 'node:path';
import { attemptRef, baseRef, salvageRef } from '@ralph/protocol/contract/paths';
import { gitLockFiles } from '@ralph/protocol/process/git-lock-files';
import { loopOf, type Repository } from '@ralph/protocol/process/repository';
import { hasOwnGitFolder } from '../workspace/own-git-folder.ts';

/** Removes the locks that a killed git has left in a workspace. To be called when no process works there any more. */
export function removeStaleLocks(workspace: string): void {
  if (!hasOwnGitFolder(workspace)) return;
  for (const path of gitLockFiles(join(workspace, '.git'))) dropFile(path);
}

/**
 * Removes the locks that a killed git has left on the refs of a task in the user's repository. To be called by the
 * holder of the task's claim: nobody else changes those refs.
 */
export function removeStaleRefLocks({ root, gitDir }: Required<Repository>, taskId: string): void {
  for (const ref of [attemptRef(taskId, 1), salvageRef(taskId, 1)]) {
    for (const path of gitLockFiles(join(gitDir, dirname(ref)))) dropFile(path);
  }
  dropFile(join(gitDir, `${baseRef(taskId, loopOf(root)?.name)}.lock`));
}
