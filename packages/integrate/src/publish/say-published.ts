import { PUBLISHED } from '@ralph/protocol/contract/lifecycle';
import type { Bench } from '../site/bench.ts';
import type { Candidate } from '../candidate/candidate.ts';
import type { Reason } from '../candidate/keep-workspace.ts';
import { landAgain } from '../candidate/next-command.ts';
import type { Published } from './publish.ts';

/** Returns why the workspace of published work is kept: a review may ask for more. */
export function awaitsReview({ branch }: Published): Reason {
  return { code: PUBLISHED, message: `awaits review as branch ${branch}` };
}

/** Says where work awaits its review. */
export async function sayPublished(
  { settings, output, secrets }: Bench,
  candidate: Candidate,
  { branch, commit, base, summaryPath, answer }: Published,
  ci_runs: number,
): Promise<void> {
  const { taskId: task_id, attempt, title, workspacePath: workspace_path } = candidate;
  await output.event('task.published', {
    task_id,
    attempt,
    branch,
    commit,
    base_commit: base,
    ci_runs,
    workspace_path,
    summary_path: summaryPath,
    land_command: landAgain(settings, candidate),
    ...(title === undefined ? {} : { title }),
    ...(answer === undefined ? {} : { answer: secrets.redact(answer) }),
  });
}
