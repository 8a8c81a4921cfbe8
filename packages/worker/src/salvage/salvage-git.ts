import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { GitOptions } from '@ralph/protocol/process/git';
import { quotedForGit } from '@ralph/protocol/process/borrowed-objects';
import { inWorkspace } from '../workspace/workspace-git.ts';

/**
 * Where git finds a workspace whose work is being kept: it reads the objects of the workspace, and writes new ones into
 * the user's repository, since the disk of the workspace may be full. What it borrows from the workspace in this way
 * has still to be brought in.
 *
 * @param index used in place of the workspace's own
 */
export function salvageGit(gitDir: string, workspace: string, index?: string): GitOptions {
  const env = {
    GIT_OBJECT_DIRECTORY: realpathSync(join(gitDir, 'objects')),
    GIT_ALTERNATE_OBJECT_DIRECTORIES: quotedForGit(join(workspace, '.git/objects')),
  };
  return inWorkspace(workspace, { env: index === undefined ? env : { ...env, GIT_INDEX_FILE: index } });
}
