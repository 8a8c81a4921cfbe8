import { commandLine } from '@ralph/protocol/cli/shell-words';
import { attemptRef, salvageRef } from '@ralph/protocol/contract/paths';
import { Failure } from '@ralph/protocol/contract/failure';
import { git, tryGit } from '@ralph/protocol/process/git';
import { mainRefs, type MainRef } from '../prepare/main-refs.ts';
import { keepCommit } from '../workspace/keep-commit.ts';
import type { Candidate } from './candidate.ts';

/** Returns the number of the latest attempt at a task; nothing when none is known. */
export async function latestAttempt(root: string, taskId: string): Promise<number | undefined> {
  const numbers = [...parkedTips(await mainRefs(root), taskId).keys()];
  return numbers.length === 0 ? undefined : Math.max(...numbers);
}

/**
 * Returns the tip of an attempt as it was parked in the main repository.
 *
 * @param refs all that are there now
 * @throws Failure `fenced` unless this is the latest attempt at the task
 */
export function parkedTip(root: string, { taskId, attempt }: Candidate, refs: readonly MainRef[]): string {
  const tips = parkedTips(refs, taskId);
  const highest = Math.max(0, ...tips.keys());
  const ref = attemptRef(taskId, attempt);
  if (highest > attempt) {
    throw new Failure('fenced', `attempt ${attempt} at ${taskId} is stale: attempt ${highest} has begun`, {
      hint: commandLine(['git', '-C', root, 'log', ref]),
    });
  }
  const tip = tips.get(attempt);
  if (tip !== undefined) return tip;
  throw new Failure('fenced', `attempt ${attempt} at ${taskId} is not known: there is no ${ref}`, {
    hint: commandLine(['git', '-C', root, 'for-each-ref', attemptFolder(taskId)]),
  });
}

/** By the number of the attempt. */
function parkedTips(refs: readonly MainRef[], taskId: string): Map<number, string> {
  const folder = attemptFolder(taskId);
  const tips = new Map<number, string>();
  for (const { name, commit } of refs) {
    const number = name.slice(folder.length);
    if (name.startsWith(folder) && /^\d+$/.test(number)) tips.set(Number(number), commit);
  }
  return tips;
}

function attemptFolder(taskId: string): string {
  return attemptRef(taskId, 0).slice(0, -1);
}

/**
 * Parks what a person made of an attempt in its workspace in place of the agent's own tip; the first time, that one is
 * kept under the salvage ref.
 */
export async function parkAgain(
  root: string,
  candidate: Candidate,
  workspace: string,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<void> {
  const { taskId, attempt } = candidate;
  if ((await salvaged(root, candidate)) === undefined) await salvage(root, candidate, workspace, from);
  await keepCommit(root, workspace, { commit: to, ref: attemptRef(taskId, attempt) });
}

/** Nobody's own: what is kept may be found where no identity is set. */
const KEEPER = {
  GIT_AUTHOR_NAME: 'ralph-integrate',
  GIT_AUTHOR_EMAIL: 'ralph-integrate@localhost',
  GIT_COMMITTER_NAME: 'ralph-integrate',
  GIT_COMMITTER_EMAIL: 'ralph-integrate@localhost',
};

/**
 * Keeps a commit of a workspace in the main repository. What the ref of this attempt keeps already stays reachable.
 *
 * @returns the ref that keeps it and the commit that it is on now; nothing when it keeps the same files already
 */
export async function salvage(
  root: string,
  candidate: Candidate,
  workspace: string,
  commit: string,
): Promise<{ readonly ref: string; readonly commit: string } | undefined> {
  const ref = salvageRef(candidate.taskId, candidate.attempt);
  const present = await salvaged(root, candidate);
  if (present === commit) return undefined;
  if (present === undefined) {
    await keepCommit(root, workspace, { commit, ref });
    return { ref, commit };
  }
  await keepCommit(root, workspace, { commit });
  const trees = await git(['rev-parse', `${commit}^{tree}`, `${present}^{tree}`], { cwd: root });
  const [tree = '', kept = ''] = trees.split('\n');
  if (tree === kept) return undefined;
  const args = ['commit-tree', tree, '-p', commit, '-p', present];
  const input = `${candidate.taskId}: kept from attempt ${candidate.attempt}\n`;
  const both = (await git(args, { cwd: root, env: KEEPER, input })).trim();
  await git(['update-ref', ref, both, present], { cwd: root });
  return { ref, commit: both };
}

async function salvaged(root: string, { taskId, attempt }: Candidate): Promise<string | undefined> {
  const { stdout } = await tryGit(['rev-parse', '--verify', '--quiet', salvageRef(taskId, attempt)], { cwd: root });
  return stdout === '' ? undefined : stdout.trim();
}
