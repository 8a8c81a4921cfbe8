import { trainRef } from '@ralph/protocol/contract/paths';
import { git, tryGit } from '@ralph/protocol/process/git';
import type { Candidate } from '../candidate/candidate.ts';
import type { Job } from '../candidate/job.ts';
import { bringCommit } from '../push/target.ts';

const LOCAL_FETCH = ['fetch', '--quiet', '--no-tags', '--no-recurse-submodules', '--no-write-fetch-head', '--refmap='];

/** Keeps what was made of a job in the main repository, where the workspaces of those behind it find it. */
export async function keepForTrain({ bench, candidate, workspace }: Job, commit: string): Promise<void> {
  const ref = trainRef(candidate.taskId, candidate.attempt);
  await git([...LOCAL_FETCH, workspace.path, `+${commit}:${ref}`], { cwd: bench.settings.root });
}

/** Makes what was made of another known in the workspace of a job that is to stand on it. */
export async function bringBelow({ bench, workspace }: Job, commit: string): Promise<void> {
  await bringCommit(bench.settings.root, workspace, commit, 'refs/ralph/below');
}

/** Forgets what was made of a candidate. */
export async function dropFromTrain(root: string, { taskId, attempt }: Candidate): Promise<void> {
  await tryGit(['update-ref', '-d', trainRef(taskId, attempt)], { cwd: root });
}
