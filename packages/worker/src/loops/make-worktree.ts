import { copyFileSync, existsSync, mkdirSync, realpathSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { Failure } from '@ralph/protocol/contract/failure';
import { loopBranch } from '@ralph/protocol/contract/loop-name';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { git } from '@ralph/protocol/process/git';
import { nextFilePath } from '@ralph/protocol/process/next-file';
import { LOOP_MARK, type Repository } from '@ralph/protocol/process/repository';
import { gitSettings } from '../workspace/git-settings.ts';
import { adminDirOf, loopPath } from '@ralph/protocol/process/loop-worktrees';

const CHECKOUT_LIMIT_MS = 600_000;

/** What a person has set up for all loops of a repository, wherever git does not track it. */
const SETTINGS = [RALPH_PATHS.config, RALPH_PATHS.trust] as const;

const QUIET = gitSettings({ 'core.hooksPath': '/dev/null', 'core.fsmonitor': 'false' });

/**
 * Makes the worktree of a second loop on its branch, without its files yet, and marks it as a root of its own.
 *
 * @returns its path
 */
export async function makeWorktree(repo: Required<Repository>, name: string, signal: AbortSignal): Promise<string> {
  const path = loopPath(repo.root, name);
  const options = { cwd: repo.root, env: QUIET, signal };
  await git(['worktree', 'add', '-q', '--no-checkout', path, loopBranch(name)], options);
  const adminDir = adminDirOf(repo, realpathSync(path)) ?? adminDirOf(repo, path);
  if (adminDir === undefined)
    throw new Failure('git_failed', `git does not know the worktree ${path} it has just made`);
  // A repository that is moved takes it along.
  writeFileSync(join(path, '.git'), `gitdir: ${relative(realpathSync(path), realpathSync(adminDir))}\n`);
  const next = nextFilePath(join(adminDir, LOOP_MARK));
  writeFileSync(next, `${name}\n`);
  renameSync(next, join(adminDir, LOOP_MARK));
  // Neither git's own clean-up nor a `git worktree remove` is to take away what is not kept elsewhere.
  const reason = `a loop of ralph; to remove it: ralph-worker worktree remove ${name}`;
  await git(['worktree', 'lock', '--reason', reason, path], options);
  return path;
}

/** Gives a worktree the files of its commit, and what a person has set up beside those that are tracked. */
export async function fillWorktree(repo: Required<Repository>, path: string, signal: AbortSignal): Promise<void> {
  await git(['reset', '-q', '--hard'], { cwd: path, env: QUIET, signal, limitMs: CHECKOUT_LIMIT_MS });
  for (const file of SETTINGS) {
    if (!existsSync(join(repo.root, file)) || existsSync(join(path, file))) continue;
    mkdirSync(dirname(join(path, file)), { recursive: true });
    copyFileSync(join(repo.root, file), join(path, file));
  }
}
