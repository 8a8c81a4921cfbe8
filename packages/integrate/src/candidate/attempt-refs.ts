import { commandLine } from '@ralph/protocol/cli/shell-words';
import { attemptRef, salvageRef } from '@ralph/protocol/contract/paths';
import { Failure } from '@ralph/protocol/contract/failure';
import { git, tryGit } from '@ralph/protocol/process/git';
import type { Candidate } from './candidate.ts';

const LOCAL_FETCH = ['fetch', '--quiet', '--no-tags', '--no-recurse-submodules', '--no-write-fetch-head', '--refmap='];

/** Returns the number of the latest attempt at a task; nothing when none is known. */
export async function latestAttempt(root: string, taskId: string): Promise<number | undefined> {
  const numbers = [...(await parkedTips(root, taskId)).keys()];
  return numbers.length === 0 ? undefined : Math.max(...numbers);
}

/**
 * Returns the tip of an attempt as it was parked in the main repository.
 *
 * @throws Failure `fenced` unless this is the latest attempt at the task
 */
export async function parkedTip(root: string, { taskId, attempt }: Candidate): Promise<string> {
  const tips = await parkedTips(root, taskId);
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
async function parkedTips(root: string, taskId: string): Promise<Map<number, string>> {
  const folder = attemptFolder(taskId);
  const listed = await git(['for-each-ref', '--format=%(refname) %(objectname)', folder], { cwd: root });
  const tips = new Map<number, string>();
  for (const line of listed.split('\n')) {
    const [name = '', commit = ''] = line.split(' ');
    const number = name.slice(folder.length);
    if (/^\d+$/.test(number)) tips.set(Number(number), commit);
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
  await git([...LOCAL_FETCH, workspace, `+${to}:${attemptRef(taskId, attempt)}`], { cwd: root });
}

/**
 * Keeps a commit of a workspace in the main repository.
 *
 * @returns the ref that keeps it
 * @throws Failure `workspace_dirty` when the ref of this attempt keeps other work already
 */
export async function salvage(root: string, candidate: Candidate, workspace: string, commit: string): Promise<string> {
  const ref = salvageRef(candidate.taskId, candidate.attempt);
  const present = await salvaged(root, candidate);
  if (present === commit) return ref;
  if (present !== undefined) {
    throw new Failure(
      'workspace_dirty',
      `${workspace} holds work that is not the attempt's, and ${ref} keeps other work`,
      {
        hint: `${commandLine(['git', '-C', workspace, 'status'])}  # move the work away, or delete ${ref}`,
      },
    );
  }
  await git([...LOCAL_FETCH, workspace, `${commit}:${ref}`], { cwd: root });
  return ref;
}

async function salvaged(root: string, { taskId, attempt }: Candidate): Promise<string | undefined> {
  const { stdout } = await tryGit(['rev-parse', '--verify', '--quiet', salvageRef(taskId, attempt)], { cwd: root });
  return stdout === '' ? undefined : stdout.trim();
}
