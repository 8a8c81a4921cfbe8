import { existsSync, lstatSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { commandLine } from '@ralph/protocol/cli/shell-words';
import { Failure } from '@ralph/protocol/contract/failure';
import { attemptRef } from '@ralph/protocol/contract/paths';
import { readTextIfPresent } from '@ralph/protocol/process/read-jsonc';
import type { Candidate } from '../candidate/candidate.ts';
import { git, tryGit } from './workspace-git.ts';
import { readWorkspaceMarker, whyForeign } from './workspace-marker.ts';

export interface Workspace {
  /** Real path. */
  readonly path: string;
  /** Its git folder, where its lock files and the state of a rebase are. */
  readonly gitDir: string;
  /** The commit that the attempt began on, where the workspace tells. */
  readonly baseCommit: string | undefined;
  /** The title of the task as it was given, where the workspace tells: events hold it without secrets. */
  readonly title?: string | undefined;
}

/**
 * Makes sure that a folder is the workspace of an attempt: a repository of its own, and none of the user's worktrees or
 * clones. Touches nothing.
 *
 * @throws Failure `workspace_missing`
 */
export async function openWorkspace(root: string, candidate: Candidate): Promise<Workspace> {
  const { taskId, attempt, workspacePath } = candidate;
  const missing = (what: string) =>
    new Failure('workspace_missing', `${what}: ${workspacePath}; the work is kept as ${attemptRef(taskId, attempt)}`, {
      hint: commandLine(['git', '-C', root, 'log', attemptRef(taskId, attempt)]),
    });
  if (!existsSync(workspacePath)) throw missing('the workspace is gone');
  const path = realpathSync(workspacePath);
  if (path === root) throw missing('the repository itself cannot serve as a workspace');
  const gitDir = join(path, '.git');
  if (!(await isRepositoryOfItsOwn(path, gitDir))) throw missing('not a workspace');
  const marker = readWorkspaceMarker(gitDir);
  const foreign = whyForeign(root, gitDir, marker, candidate);
  if (foreign !== undefined) throw missing(foreign);
  return { path, gitDir, baseCommit: marker?.base_commit, title: marker?.finished?.title };
}

/** A linked worktree shares the refs, settings and stash of the user's repository. */
async function isRepositoryOfItsOwn(path: string, gitDir: string): Promise<boolean> {
  if (lstatSync(gitDir, { throwIfNoEntry: false })?.isDirectory() !== true) return false;
  const args = ['rev-parse', '--show-toplevel', '--absolute-git-dir', '--git-common-dir'];
  const { stdout, exitCode } = await tryGit(args, { cwd: path });
  const [top = '', own = '', common = ''] = stdout.split('\n');
  return exitCode === 0 && top === path && own === gitDir && resolve(path, common) === gitDir;
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
export async function putHeadOn(
  { path, gitDir }: Workspace,
  commit: string,
  branch: string | undefined,
): Promise<void> {
  if (branch === undefined) {
    await git(['checkout', '--quiet', '--force', '--detach', commit], { cwd: path });
    return;
  }
  if (branchInHead(gitDir) !== branch) await git(['symbolic-ref', 'HEAD', branch], { cwd: path });
  await git(['reset', '--quiet', '--hard', commit], { cwd: path });
}

/** Returns the full name of the branch that is checked out; nothing when HEAD is detached. */
export async function branchOf({ path, gitDir }: Workspace): Promise<string | undefined> {
  const branch = branchInHead(gitDir);
  if (branch !== undefined) return branch;
  const { stdout, exitCode } = await tryGit(['symbolic-ref', '--quiet', 'HEAD'], { cwd: path });
  return exitCode === 0 ? stdout.trim() : undefined;
}

/** What the file says saves a call of git, but only git can tell that there is no branch: other forms of refs leave it empty. */
function branchInHead(gitDir: string): string | undefined {
  const [, branch] = /^ref: (refs\/heads\/\S+)\n$/.exec(readTextIfPresent(join(gitDir, 'HEAD')) ?? '') ?? [];
  return branch === 'refs/heads/.invalid' ? undefined : branch;
}
