import { join } from 'node:path';
import { git, tryGit, type GitOptions, type GitResult } from '@ralph/protocol/process/git';
import { gitSettings } from './git-settings.ts';

type Options = Omit<GitOptions, 'cwd'>;

/**
 * Where git finds a workspace, for a command in it. The git folder is named, never searched for: in a workspace whose
 * own was destroyed, git would find the repository around it and change that. Hooks, be they the user's for all
 * repositories or an agent's, do not run in commands of ours.
 */
export function inWorkspace(path: string, options: Options = {}): GitOptions {
  const settings = gitSettings({ 'core.hooksPath': '/dev/null', 'core.fsmonitor': 'false' });
  return {
    ...options,
    cwd: path,
    env: { GIT_DIR: join(path, '.git'), GIT_WORK_TREE: path, ...settings, ...options.env },
  };
}

/**
 * Runs git on a workspace and returns what it printed.
 *
 * @throws Failure `git_failed`
 */
export function workspaceGit(path: string, args: readonly string[], options?: Options): Promise<string> {
  return git(args, inWorkspace(path, options));
}

/** Runs git on a workspace and returns how it ended. */
export function tryWorkspaceGit(path: string, args: readonly string[], options?: Options): Promise<GitResult> {
  return tryGit(args, inWorkspace(path, options));
}

/** Returns the commit that a name stands for in a workspace, or nothing. */
export async function commitAt(path: string, name: string): Promise<string | undefined> {
  const { exitCode, stdout } = await tryWorkspaceGit(path, ['rev-parse', '-q', '--verify', `${name}^{commit}`]);
  return exitCode === 0 ? stdout.trim() : undefined;
}
