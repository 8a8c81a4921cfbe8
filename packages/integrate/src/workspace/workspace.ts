import { existsSync, lstatSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { commandLine } from '@ralph/protocol/cli/shell-words';
import { Failure } from '@ralph/protocol/contract/failure';
import { attemptRef } from '@ralph/protocol/contract/paths';
import { readTextIfPresent } from '@ralph/protocol/process/read-jsonc';
import type { Candidate } from '../candidate/candidate.ts';
import { git, tryGit } from './workspace-git.ts';
import { commitInFile } from '@ralph/protocol/process/loose-ref';
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
  return (await openWithHead(root, candidate)).workspace;
}

/** Opens a workspace as `openWorkspace` does, and tells the commit that HEAD stands on now; nothing where it has none. */
export async function openWithHead(
  root: string,
  candidate: Candidate,
): Promise<{ readonly workspace: Workspace; readonly head: string | undefined }> {
  const { taskId, attempt, workspacePath } = candidate;
  const missing = (what: string) =>
    new Failure('workspace_missing', `${what}: ${workspacePath}; the work is kept as ${attemptRef(taskId, attempt)}`, {
      hint: commandLine(['git', '-C', root, 'log', attemptRef(taskId, attempt)]),
    });
  if (!existsSync(workspacePath)) throw missing('the workspace is gone');
  const path = realpathSync(workspacePath);
  if (path === root) throw missing('the repository itself cannot serve as a workspace');
  const gitDir = join(path, '.git');
  const { isOwn, head } = await ownRepository(path, gitDir);
  if (!isOwn) throw missing('not a workspace');
  const marker = readWorkspaceMarker(gitDir);
  const foreign = whyForeign(root, gitDir, marker, candidate);
  if (foreign !== undefined) throw missing(foreign);
  const workspace = { path, gitDir, baseCommit: marker?.base_commit, title: marker?.finished?.title };
  return { workspace, head };
}

/** A linked worktree shares the refs, settings and stash of the user's repository. */
async function ownRepository(path: string, gitDir: string): Promise<{ isOwn: boolean; head?: string | undefined }> {
  if (lstatSync(gitDir, { throwIfNoEntry: false })?.isDirectory() !== true) return { isOwn: false };
  const args = ['rev-parse', '--show-toplevel', '--absolute-git-dir', '--git-common-dir'];
  const withHead = await tryGit([...args, 'HEAD^{commit}'], { cwd: path });
  const { stdout, exitCode } = withHead.exitCode === 0 ? withHead : await tryGit(args, { cwd: path });
  const [top = '', own = '', common = '', head = ''] = stdout.split('\n');
  const isOwn = exitCode === 0 && top === path && own === gitDir && resolve(path, common) === gitDir;
  return { isOwn, head: head === '' ? undefined : head };
}

/** Returns the commit that HEAD stands on. */
export async function headOf({ path }: Workspace): Promise<string> {
  return (await git(['rev-parse', '--verify', 'HEAD^{commit}'], { cwd: path })).trim();
}

/** Returns the commit that HEAD stands on, by the file in which a git of ours has left it a moment ago. */
export async function headNow(workspace: Workspace): Promise<string> {
  const { gitDir } = workspace;
  return commitInFile(gitDir, branchInHead(gitDir) ?? 'HEAD') ?? (await headOf(workspace));
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

/**
 * Returns the branch that HEAD is on by its file; nothing where git has to be asked.
 * What the file says saves a call of git, but only git can tell that there is no branch: other forms of refs leave it empty.
 */
export function branchInHead(gitDir: string): string | undefined {
  const [, branch] = /^ref: (refs\/heads\/\S+)\n$/.exec(readTextIfPresent(join(gitDir, 'HEAD')) ?? '') ?? [];
  return branch === 'refs/heads/.invalid' ? undefined : branch;
}
