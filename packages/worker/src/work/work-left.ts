import { existsSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { Failure, isFailure } from '@ralph/protocol/contract/failure';
import { unfinishedGitlink } from './gitlinks.ts';
import { requireIdentity } from '../site/identity.ts';
import type { WorkLeft } from '../run/judge.ts';
import { countOwnCommits, labelCommits } from './label-commits.ts';
import { nestedRepositories } from './nested-repositories.ts';
import { stageEdits } from './stage-edits.ts';
import { removeStaleLocks } from '../removal/stale-locks.ts';
import { committedSecrets } from './committed-secrets.ts';
import { commitMessage } from './task-id-trailer.ts';
import { hasOwnGitFolder } from '../workspace/own-git-folder.ts';
import { commitAt, inWorkspace, tryWorkspaceGit, workspaceGit } from '../workspace/workspace-git.ts';
import { kindAt } from '../site/workspace-path.ts';

export interface WorkPlan {
  readonly taskId: string;
  readonly title: string;
  readonly path: string;
  readonly branch: string;
  readonly baseCommit: string;
  /** Whether finished work without any change is worth a commit that says so. */
  readonly allowEmpty: boolean;
}

export interface FoundWork extends WorkLeft {
  /** The base when the agent left a branch without a commit. */
  readonly head: string;
  readonly changedFiles: number;
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

/** Looks at what an agent left, and changes nothing but lock files of a git that was killed. */
export async function inspectWork({ taskId, path, branch, baseCommit }: WorkPlan): Promise<FoundWork> {
  if (kindAt(path) !== 'folder') {
    throw new Failure('workspace_missing', `the workspace of ${taskId} is gone: ${path}`, {
      hint: 'look at what the agent did',
    });
  }
  if (!hasOwnGitFolder(path)) return { ...NOTHING, head: baseCommit, unfinished: 'no git folder of its own' };
  removeStaleLocks(path);
  const head = await commitAt(path, 'HEAD');
  const unfinished = head === undefined ? withoutHead(path) : await unfinishedWork(path, baseCommit);
  if (head === undefined) return { ...NOTHING, head: baseCommit, unfinished };
  const commits = await countOwnCommits({ workspace: path, branch, base: baseCommit, head });
  return { head, commits, changedFiles: await countChanges(path, baseCommit, head), unfinished, secrets: [] };
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
function onFullDisk({ taskId, path }: WorkPlan, error: unknown): unknown {
  if (!isFailure(error) || error.code !== 'git_failed' || kindAt(path) !== 'folder') return error;
  const { bavail, bsize } = statfsSync(path);
  if (bavail * bsize > ROOM_BYTES) return error;
  return new Failure('disk_full', `no room to commit the edits of ${taskId}: the disk of ${path} is full`, {
    cause: error,
    hint: 'free some space and run the task again',
  });
}

async function settle(plan: WorkPlan): Promise<FoundWork> {
  const { path, branch, baseCommit, taskId, title } = plan;
  const found = await inspectWork(plan);
  if (found.unfinished !== undefined) return found;
  const secrets =
    found.commits === 0 ? [] : await committedSecrets({ workspace: path, branch, base: baseCommit, head: found.head });
  if (secrets.length > 0) return { ...found, secrets };
  const committed = await commitEdits(path, found.head, commitMessage(taskId, title));
  if (!committed && found.commits === 0 && plan.allowEmpty) await commitNothing(path, commitMessage(taskId, title));
  const newest = (await workspaceGit(path, ['rev-parse', '--verify', 'HEAD^{commit}'])).trim();
  const own = { workspace: path, branch, base: baseCommit };
  const head = await labelCommits({ ...own, head: newest }, taskId);
  await moveBranch(path, branch, { newest, head });
  const commits = await countOwnCommits({ ...own, head });
  return { head, commits, changedFiles: await countChanges(path, baseCommit, head), unfinished: undefined, secrets };
}

function withoutHead(path: string): string {
  return existsSync(join(path, '.git/HEAD')) ? 'a branch without a commit' : 'no git folder that can be read';
}

async function unfinishedWork(path: string, baseCommit: string): Promise<string | undefined> {
  const state = IN_PROGRESS.find(([name]) => existsSync(join(path, '.git', name)));
  if (state !== undefined) return state[1];
  if ((await workspaceGit(path, ['ls-files', '--unmerged', '-z'])) !== '') return 'files in conflict';
  const [nested] = await nestedRepositories(inWorkspace(path));
  return nested === undefined ? unfinishedGitlink(path, baseCommit) : `a git repository of its own in ${nested}`;
}

async function commitEdits(path: string, head: string, message: string): Promise<boolean> {
  await stageEdits(inWorkspace(path), head);
  const staged = await tryWorkspaceGit(path, ['diff-index', '--cached', '--quiet', head, '--']);
  if (staged.exitCode === 0) return false;
  await requireIdentity(inWorkspace(path));
  await workspaceGit(path, ['commit', '-q', '--cleanup=whitespace', '-F', '-'], { input: message });
  return true;
}

/** A commit is what the rest of the way knows work by. */
async function commitNothing(path: string, message: string): Promise<void> {
  await requireIdentity(inWorkspace(path));
  const args = ['commit', '-q', '--allow-empty', '--cleanup=whitespace', '-F', '-'];
  await workspaceGit(path, args, { input: message });
}

/** An agent may have worked on a branch of its own, or on none: HEAD is on the target branch afterwards. */
async function moveBranch(
  path: string,
  branch: string,
  to: { readonly newest: string; readonly head: string },
): Promise<void> {
  const ref = `refs/heads/${branch}`;
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
