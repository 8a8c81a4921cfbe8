import { existsSync, realpathSync } from 'node:fs';
import { Failure } from '@ralph/protocol/contract/failure';
import { attemptRef } from '@ralph/protocol/contract/paths';
import { git, tryGit } from '@ralph/protocol/process/git';
import type { Candidate } from './candidate.ts';

export interface Workspace {
  /** Real path. */
  readonly path: string;
  /** Its git folder, where its lock files and the state of a rebase are. */
  readonly gitDir: string;
}

/**
 * Makes sure that a workspace is a repository of its own and not the user's.
 *
 * @throws Failure `workspace_missing`
 */
export async function openWorkspace(root: string, { taskId, attempt, workspacePath }: Candidate): Promise<Workspace> {
  const missing = (what: string) =>
    new Failure('workspace_missing', `${what}: ${workspacePath}; the work is kept as ${attemptRef(taskId, attempt)}`, {
      hint: `git -C ${root} log ${attemptRef(taskId, attempt)}`,
    });
  if (!existsSync(workspacePath)) throw missing('the workspace is gone');
  const path = realpathSync(workspacePath);
  if (path === root) throw missing('the repository itself cannot serve as a workspace');
  const { stdout, exitCode } = await tryGit(['rev-parse', '--show-toplevel', '--absolute-git-dir'], { cwd: path });
  const [top = '', gitDir = ''] = stdout.split('\n');
  if (exitCode !== 0 || !existsSync(top) || realpathSync(top) !== path) throw missing('not a workspace');
  return { path, gitDir };
}

/** Returns the commit that HEAD stands on. */
export async function headOf({ path }: Workspace): Promise<string> {
  return (await git(['rev-parse', '--verify', 'HEAD^{commit}'], { cwd: path })).trim();
}

/** Returns the tracked files that differ from HEAD. */
export async function changedTrackedFiles({ path }: Workspace): Promise<string[]> {
  const out = await git(
    ['status', '--porcelain', '-z', '--untracked-files=no', '--ignore-submodules=dirty', '--no-renames'],
    { cwd: path },
  );
  return out
    .split('\0')
    .filter((entry) => entry !== '')
    .map((entry) => entry.slice(3));
}

/**
 * Puts HEAD, index and tracked files of a workspace on a commit; untracked files stay. On the branch that was checked
 * out, or detached. Whatever the tracked files held besides is lost: the caller has made sure that it is nobody's.
 */
export async function putHeadOn({ path }: Workspace, commit: string, branch: string | undefined): Promise<void> {
  if (branch === undefined) {
    await git(['checkout', '--quiet', '--force', '--detach', commit], { cwd: path });
    return;
  }
  await git(['symbolic-ref', 'HEAD', branch], { cwd: path });
  await git(['reset', '--quiet', '--hard', commit], { cwd: path });
}

/** Returns the full name of the branch that is checked out; nothing when HEAD is detached. */
export async function branchOf({ path }: Workspace): Promise<string | undefined> {
  const { stdout, exitCode } = await tryGit(['symbolic-ref', '--quiet', 'HEAD'], { cwd: path });
  return exitCode === 0 ? stdout.trim() : undefined;
}
