import { trainRef } from '@ralph/protocol/contract/paths';
import { git, tryGit } from '@ralph/protocol/process/git';
import type { Candidate } from '../candidate/candidate.ts';
import type { Job } from '../candidate/job.ts';
import type { Prepared } from '../prepare/prepare.ts';
import { keepCommit } from '../workspace/keep-commit.ts';
import { bringCommit } from '../push/target.ts';
import { borrowsFrom } from '../workspace/workspace-marker.ts';

/**
 * Keeps what was made of a job in the main repository, where the workspaces of those behind it find it. What is there
 * already needs a ref only while a gate judges it: for so long somebody may have git throw away what no ref holds.
 *
 * @param carries whether others may stand on it
 */
export async function keepForTrain(
  job: Job,
  { commit, isInMain }: Pick<Prepared, 'commit' | 'isInMain'>,
  carries: boolean,
): Promise<void> {
  const { bench, candidate, workspace } = job;
  const { root, gates } = bench.settings;
  if (isInMain ? gates.gates.length === 0 : !carries) return;
  job.hasTrainRef = true;
  const ref = trainRef(candidate.taskId, candidate.attempt);
  if (isInMain) await git(['update-ref', ref, commit], { cwd: root });
  else await keepCommit(root, workspace.path, { commit, ref });
}

/** Makes what was made of another known in the workspace of a job that is to stand on it. */
export async function bringBelow({ bench, workspace }: Job, commit: string): Promise<void> {
  const { root } = bench.settings;
  // The ref of the other one holds it where it is borrowed.
  if (!borrowsFrom(root, workspace.gitDir)) await bringCommit(root, workspace, commit, 'refs/ralph/below');
}

/** Forgets what was made of a candidate. */
export async function dropFromTrain(root: string, { taskId, attempt }: Candidate): Promise<void> {
  await tryGit(['update-ref', '-d', trainRef(taskId, attempt)], { cwd: root });
}
