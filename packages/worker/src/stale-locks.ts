import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { gitLockFiles } from '@ralph/protocol/process/git-lock-files';

/** Removes the locks that a killed git has left in a workspace. To be called when no process works there any more. */
export function removeStaleLocks(workspace: string): void {
  for (const path of gitLockFiles(join(workspace, '.git'))) rmSync(path, { force: true });
}
