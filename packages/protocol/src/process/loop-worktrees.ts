import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bytesOfFile } from './read-open-file.ts';
import { isLoopName } from '../contract/loop-name.ts';
import { LOOP_MARK, type Repository } from './repository.ts';

/** Folder of the worktrees of second loops, in the main worktree. */
export const LOOPS_FOLDER = '.worktrees';

/** Git's own folder of a worktree that is marked as that of a second loop. */
export interface MarkedWorktree {
  readonly name: string;
  readonly adminDir: string;
  /** Where the worktree is, or was. */
  readonly path: string;
}

/** Returns the folder in which the worktree of a second loop is made. */
export function loopPath(root: string, name: string): string {
  return join(root, LOOPS_FOLDER, name);
}

/** Lists what git knows of worktrees that were made for second loops, whether their folders are still there or not. */
export function markedWorktrees({ root, gitDir }: Required<Repository>): MarkedWorktree[] {
  return adminFolders(gitDir).flatMap((adminDir) => {
    const name = textOf(join(adminDir, LOOP_MARK));
    const path = worktreeOf(adminDir);
    if (!isLoopName(name) || path === undefined) return [];
    // Git's own file names the place before the repository was moved.
    return [{ name, adminDir, path: existsSync(path) ? path : loopPath(root, name) }];
  });
}

/** Returns git's own folder of the worktree at a path, marked or not; nothing when git knows of none there. */
export function adminDirOf({ gitDir }: Required<Repository>, path: string): string | undefined {
  return adminFolders(gitDir).find((adminDir) => worktreeOf(adminDir) === path);
}

function adminFolders(gitDir: string): string[] {
  const folder = join(gitDir, 'worktrees');
  return existsSync(folder) ? readdirSync(folder).map((id) => join(folder, id)) : [];
}

function worktreeOf(adminDir: string): string | undefined {
  const dotGit = textOf(join(adminDir, 'gitdir'));
  return dotGit === '' ? undefined : resolve(adminDir, dotGit).replace(/\/\.git$/, '');
}

function textOf(path: string): string {
  try {
    return bytesOfFile(path).toString('utf8').trim();
  } catch {
    return '';
  }
}
