import { join } from 'node:path';
import { findGitRepository } from '@ralph/protocol/process/repository';
import { readTextIfPresent } from '@ralph/protocol/process/read-jsonc';

/** Returns the branch that is checked out in the main worktree, as git writes it down; nothing when HEAD is detached. */
export function checkedOutBranch(repo: string): string | undefined {
  const head = readTextIfPresent(join(findGitRepository(repo).gitDir, 'HEAD')) ?? '';
  return /^ref: refs\/heads\/(\S+)\n$/.exec(head)?.[1];
}
