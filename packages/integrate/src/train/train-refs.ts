import { trainRef } from '@ralph/protocol/contract/paths';
import { tryGit } from '@ralph/protocol/process/git';
import type { Candidate } from '../candidate/candidate.ts';
import type { Job } from '../candidate/job.ts';
import { keepCommit } from '../workspace/keep-commit.ts';
import { bringCommit } from '../push/target.ts';

/** Keeps what was made of a job in the main repository, where the workspaces of those behind it find it. */
export async function keepForTrain({ bench, candidate, workspace }: Job, commit: string): Promise<void> {
  const ref = trainRef(candidate.taskId, candidate.attempt);
  await keepCommit(bench.settings.root, workspace.path, { commit, ref });
}

/** Makes what was made of another known in the workspace of a job that is to stand on it. */
export async function bringBelow({ bench, workspace }: Job, commit: string): Promise<void> {
  await bringCommit(bench.settings.root, workspace, commit, 'refs/ralph/below');
}

/** Forgets what was made of a candidate. */
export async function dropFromTrain(root: string, { taskId, attempt }: Candidate): Promise<void> {
  await tryGit(['update-ref', '-d', trainRef(taskId, attempt)], { cwd: root });
}
