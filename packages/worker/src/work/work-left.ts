import { existsSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { Failure, isFailure } from '@ralph/protocol/contract/failure';
import { readTextIfPresent } from '@ralph/protocol/process/read-jsonc';
import { unfinishedGitlink } from './gitlinks.ts';
import { requireIdentity } from '../site/identity.ts';
import type { WorkLeft } from '../run/judge.ts';
import { countOwnCommits, labelCommits, type OwnRange } from './label-commits.ts';
import { nestedRepositories } from './nested-repositories.ts';
import { seeChanges } from './changes-seen.ts';
import { stageEdits, unstageAdded } from './stage-edits.ts';
import { removeStaleLocks } from '../removal/stale-locks.ts';
import { committedSecrets } from './committed-secrets.ts';
import { commitMessage } from './task-id-trailer.ts';
import { looseHead } from '../workspace/loose-head.ts';
import { hasOwnGitFolder } from '../workspace/own-git-folder.ts';
import { settleGit } from '../workspace/settle-git.ts';
import type { Site } from '../site/site.ts';
import { commitAt, inWorkspace, tryWorkspaceGit, workspaceGit } from '../workspace/workspace-git.ts';
import { kindAt } from '../site/workspace-path.ts';

export interface WorkPlan {
  readonly repo: Site['repo'];
  readonly taskId: string;
  readonly title: string;
  readonly path: string;
  readonly branch: string;
  readonly baseCommit: string;
  /** Whether finished work without any change is worth a commit that says so. */
  readonly allowEmpty: boolean;
  /** Untracked files that were there before, as git quotes them: they are nobody's edits. */
  readonly leaveOut?: ReadonlySet<string>;
  /** Returns where the objects of our commit may be written instead of into the workspace, if anywhere (`sharedStore`). */
  readonly store?: (workspace: string) => string | undefined;
}

export interface FoundWork extends WorkLeft {
  /** The base when the agent left a branch without a commit. */
  readonly head: string;
  readonly changedFiles: number;
  /** Whether the user's repository has all objects of it already. */
  readonly isStored?: boolean;
}

/** What git needs to write the index of a small repository. */
const ROOM_BYTES = 65_536;

const NOTHING = { commits: 0, changedFiles: 0, secrets: [] } as const;

const IN_PROGRESS: readonly (readonly [string, string])[] = [
  ['rebase-merge', 'a rebase in progress'],
  ['rebase-apply', 'a rebase in progress'],
  ['MERGE_HEAD', 'a merge in progress'],
  ['CHERRY_PICK_HEAD', 'a cherry-pick in progress'],
  ['REVERT_HEAD', 'a revert in progress'],
  ['BISECT_LOG', 'a bisection in progress'],
];

/** Returns what is told of work that could not be looked at. */
export function nothingFound(baseCommit: string): FoundWork {
  return { ...NOTHING, head: baseCommit, unfinished: undefined };
}

/** Looks at what an agent left, and changes nothing but lock files of a git that was killed. */
export async function inspectWork(plan: WorkPlan): Promise<FoundWork> {
  const { path, branch, baseCommit } = plan;
  const { head, unfinished } = await inspectState(plan);
  if (head === undefined) return { ...NOTHING, head: baseCommit, unfinished };
  const commits = await countOwnCommits({ workspace: path, branch, base: baseCommit, head });
  return { head, commits, changedFiles: await countChanges(path, baseCommit, head), unfinished, secrets: [] };
}

interface WorkState {
  /** Nothing on a branch without a commit, and in a workspace that has no git folder any more. */
  readonly head: string | undefined;
  readonly unfinished: string | undefined;
}

async function inspectState({ repo, taskId, path, branch, baseCommit }: WorkPlan): Promise<WorkState> {
  if (kindAt(path) !== 'folder') {
    throw new Failure('workspace_missing', `the workspace of ${taskId} is gone: ${path}`, {
      hint: 'look at what the agent did',
    });
  }
  const { mayNest } = await settleGit(repo, { taskId, path, branch });
  if (!hasOwnGitFolder(path)) return { head: undefined, unfinished: 'no git folder of its own' };
  removeStaleLocks(path);
  // That there is such a commit is only sure of the one that we have put there.
  const head = looseHead(path) === baseCommit ? baseCommit : await commitAt(path, 'HEAD');
  if (head === undefined) return { head, unfinished: withoutHead(path) };
  try {
    return { head, unfinished: await unfinishedWork({ path, baseCommit, head, mayNest }) };
  } catch (error) {
    if ((await commitAt(path, 'HEAD')) !== undefined) throw error;
    return { head: undefined, unfinished: withoutHead(path) };
  }
}

/**
 * Makes finished work out of what an agent left that ended well: commits its edits, sees to it that each commit names
 * the task, and puts the target branch on the newest. Unfinished work, and work with secrets in its commits, is left as
 * it is.
 *
 * @throws Failure `identity_missing`, `disk_full`, `git_failed`
 */
export async function settleWork(plan: WorkPlan): Promise<FoundWork> {
  try {
    return await settle(plan);
  } catch (error) {
    throw onFullDisk(plan, error);
  }
}

/** Git says in words alone that the disk is full; the disk itself can be asked. */
function onFullDisk({ repo, taskId, path }: WorkPlan, error: unknown): unknown {
  if (!isFailure(error) || error.code !== 'git_failed' || kindAt(path) !== 'folder') return error;
  const full = [path, repo.gitDir].find((folder) => hasNoRoom(folder));
  if (full === undefined) return error;
  return new Failure('disk_full', `no room to commit the edits of ${taskId}: the disk of ${full} is full`, {
    cause: error,
    hint: 'free some space and run the task again',
  });
}

function hasNoRoom(folder: string): boolean {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize <= ROOM_BYTES;
}

async function settle(plan: WorkPlan): Promise<FoundWork> {
  const { path, branch, baseCommit, taskId, title } = plan;
  const { head: before, unfinished } = await inspectState(plan);
  if (before === undefined || unfinished !== undefined) return inspectWork(plan);
  const own = { workspace: path, branch, base: baseCommit };
  const secrets = before === baseCommit ? [] : await committedSecrets({ ...own, head: before });
  if (secrets.length > 0) return { ...(await inspectWork(plan)), secrets };
  const store = before === baseCommit ? plan.store?.(path) : undefined;
  const how = {
    message: commitMessage(taskId, title),
    env: store === undefined ? {} : { GIT_OBJECT_DIRECTORY: store },
  };
  const edits = await commitEdits(plan, before, how);
  const isEmpty = edits === undefined && plan.allowEmpty && (await ownCommitsOf(own, before)) === 0;
  const newest = isEmpty ? await commitNothing(path, how) : (edits?.commit ?? before);
  const { head, commits } = await labelled(own, { before, newest }, taskId);
  await moveBranch(path, branch, { newest, head });
  const counted = before === baseCommit ? edits?.changedFiles : undefined;
  const changedFiles = counted ?? (await countChanges(path, baseCommit, head));
  return { head, commits, changedFiles, unfinished: undefined, secrets, isStored: store !== undefined };
}

type Own = Omit<OwnRange, 'head'>;

async function ownCommitsOf(own: Own, head: string): Promise<number> {
  return head === own.base ? 0 : countOwnCommits({ ...own, head });
}

/** A commit of ours right on the base names its task already. */
async function labelled(
  own: Own,
  { before, newest }: { readonly before: string; readonly newest: string },
  taskId: string,
): Promise<{ head: string; commits: number }> {
  if (before === own.base) return { head: newest, commits: newest === before ? 0 : 1 };
  return labelCommits({ ...own, head: newest }, taskId);
}

function withoutHead(path: string): string {
  return existsSync(join(path, '.git/HEAD')) ? 'a branch without a commit' : 'no git folder that can be read';
}

async function unfinishedWork(at: {
  readonly path: string;
  readonly baseCommit: string;
  readonly head: string;
  readonly mayNest: boolean;
}): Promise<string | undefined> {
  const { path, baseCommit } = at;
  const state = IN_PROGRESS.find(([name]) => existsSync(join(path, '.git', name)));
  if (state !== undefined) return state[1];
  const { hasConflicts, hasGitlinks } = await seeChanges(path);
  if (hasConflicts) return 'files in conflict';
  const [nested] = at.mayNest ? await nestedRepositories(inWorkspace(path)) : [];
  if (nested !== undefined) return `a git repository of its own in ${nested.toString()}`;
  return hasGitlinks || at.head !== baseCommit ? unfinishedGitlink(path, baseCommit) : undefined;
}

interface CommitHow {
  readonly message: string;
  readonly env: Readonly<Record<string, string>>;
}

interface CommittedEdits {
  readonly commit: string;
  /** Files that differ from the commit before. */
  readonly changedFiles: number;
}

/** Returns the commit of the edits; nothing when there are none. */
async function commitEdits(
  { path, leaveOut }: WorkPlan,
  head: string,
  { message, env }: CommitHow,
): Promise<CommittedEdits | undefined> {
  await stageEdits(inWorkspace(path, { env }), head);
  if (leaveOut !== undefined) await unstageAdded(inWorkspace(path), head, leaveOut);
  const changedFiles = await countChanges(path, '--cached', head);
  // A setting can hide changes from that count.
  if (changedFiles === 0) {
    const staged = await tryWorkspaceGit(path, ['diff-index', '--cached', '--quiet', head, '--']);
    if (staged.exitCode === 0) return undefined;
  }
  return { commit: await commit(path, [], { message, env }), changedFiles };
}

/** A commit is what the rest of the way knows work by. */
function commitNothing(path: string, how: CommitHow): Promise<string> {
  return commit(path, ['--allow-empty'], how);
}

async function commit(path: string, flags: readonly string[], { message, env }: CommitHow): Promise<string> {
  try {
    const args = ['commit', '-q', ...flags, '--cleanup=whitespace', '-F', '-'];
    await workspaceGit(path, args, { input: message, env });
  } catch (error) {
    await requireIdentity(inWorkspace(path));
    throw error;
  }
  const made = looseHead(path);
  return made ?? (await workspaceGit(path, ['rev-parse', '--verify', 'HEAD^{commit}'])).trim();
}

/** An agent may have worked on a branch of its own, or on none: HEAD is on the target branch afterwards. */
async function moveBranch(
  path: string,
  branch: string,
  to: { readonly newest: string; readonly head: string },
): Promise<void> {
  const ref = `refs/heads/${branch}`;
  const isThere = readTextIfPresent(join(path, '.git/HEAD')) === `ref: ${ref}\n`;
  if (isThere && to.head === to.newest) return;
  const before = await commitAt(path, ref);
  if (before !== undefined && before !== to.newest) {
    // What was only on the target branch stays under a ref, for whoever removes the workspace to see.
    const lost = await workspaceGit(path, ['rev-list', '--count', before, '--not', to.newest]);
    if (lost.trim() !== '0') await workspaceGit(path, ['update-ref', `refs/before/${branch}`, before]);
  }
  await workspaceGit(path, ['update-ref', ref, to.head]);
  await workspaceGit(path, ['symbolic-ref', 'HEAD', ref]);
}

async function countChanges(path: string, base: string, head: string): Promise<number> {
  const text = await workspaceGit(path, ['diff', '--no-ext-diff', '--shortstat', base, head, '--']);
  return Number(/(\d+) files? changed/.exec(text)?.[1] ?? 0);
}
