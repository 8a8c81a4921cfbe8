import { withoutCredentials } from '@ralph/protocol/cli/credentials';
import { commandLine } from '@ralph/protocol/cli/shell-words';
import { publishedRef } from '@ralph/protocol/contract/paths';
import { Failure } from '@ralph/protocol/contract/failure';
import { git, gitFailed, tryGit } from '@ralph/protocol/process/git';
import { keepCommit } from '../workspace/keep-commit.ts';
import type { Candidate } from '../candidate/candidate.ts';
import type { Job } from '../candidate/job.ts';
import { waitForNextTry } from '../candidate/wait-for-next-try.ts';
import { pushTo } from '../push/push.ts';
import { pushVerdict, refusalWords, shownVerdict, type Refusal } from '../push/push-verdict.ts';
import { transportVerdict } from '../push/transport-verdict.ts';
import { throwIfStopped } from '../site/stopped.ts';
import { readPublication } from './publication.ts';

const ASK_LIMIT_MS = 120_000;

/** Returns the branch on which the work of a task is published. */
export function branchOfTask({ taskId }: Pick<Candidate, 'taskId'>): string {
  return `ralph/${taskId}`;
}

/**
 * Asks the remote for the commit of the task's branch, again when it cannot be reached.
 *
 * @returns nothing when there is no such branch
 * @throws Failure `origin_unreachable`, `push_auth`, `git_failed`; Stopped
 */
export async function branchCommit(job: Job, signal: AbortSignal): Promise<string | undefined> {
  const { bench, candidate } = job;
  const { root, remote } = bench.settings;
  // Where it is pushed to, since it is replaced by what is seen here.
  const args = ['ls-remote', '--quiet', remote.pushUrl, `refs/heads/${branchOfTask(candidate)}`];
  for (;;) {
    const result = await tryGit(args, { cwd: root, signal, limitMs: ASK_LIMIT_MS });
    if (result.exitCode === 0) return result.stdout.split('\t', 1)[0]?.trim() || undefined;
    throwIfStopped(signal);
    const verdict = result.exitCode === null ? 'network' : transportVerdict(result.stderr);
    if (verdict === undefined) throw gitFailed(['ls-remote', remote.name], root, result);
    const words = withoutCredentials(result.stderr.trim().split('\n').slice(0, 3).join(' / '));
    await waitForNextTry(job, verdict, words);
  }
}

/**
 * Makes sure that what stands on the branch may be replaced: that it is something we have sent.
 *
 * @throws Failure `foreign_commits`
 */
export async function requireOurs({ bench, candidate }: Job, standing: string | undefined): Promise<void> {
  if (standing === undefined) return;
  const { root, remote } = bench.settings;
  const { taskId } = candidate;
  if (readPublication(root, taskId)?.sent.includes(standing) === true) return;
  const folder = publishedRef(taskId, 0).slice(0, -1);
  const kept = await git(['for-each-ref', '--format=%(objectname)', folder], { cwd: root });
  if (kept.split('\n').includes(standing)) return;
  const branch = branchOfTask(candidate);
  const look = `${commandLine(['git', '-C', root, 'fetch', remote.name, branch])} && ${commandLine(['git', '-C', root, 'log', '--oneline', 'HEAD..FETCH_HEAD'])}`;
  throw new Failure(
    'foreign_commits',
    `${branch} of ${remote.name} is at ${standing.slice(0, 10)}, which we have not pushed: it is left as it is`,
    { hint: `${look}  # merge it, or delete the branch there; then land it again`, details: { commit: standing } },
  );
}

/**
 * Puts a commit on the task's branch, in place of what was seen there and of nothing else, and asks the remote whether
 * it stands there. When it does not, settles when it is time for the next try.
 *
 * @throws Failure when there is to be no next try; Stopped
 */
export async function pushBranch(job: Job, commit: string, standing: string | undefined): Promise<boolean> {
  const { bench, workspace, candidate } = job;
  const ref = `refs/heads/${branchOfTask(candidate)}`;
  job.pushes += 1;
  const order = { refspec: `${commit}:${ref}`, lease: `${ref}:${standing ?? ''}` };
  const result = await pushTo(bench.settings, workspace, order, bench.lastCall);
  const verdict = pushVerdict(result, commit);
  if (verdict === 'ok' || verdict === 'unknown') {
    if ((await branchCommit(job, bench.lastCall)) === commit) return true;
  }
  const refusal: Refusal = verdict === 'ok' ? 'unknown' : verdict;
  const words = verdict === 'ok' ? `${ref} does not hold what was pushed` : refusalWords(result);
  const { taskId: task_id, attempt } = candidate;
  throwIfStopped(bench.stop);
  await bench.output.event('push.rejected', { task_id, attempt, verdict: shownVerdict(refusal), message: words });
  await waitForNextTry(job, refusal, words);
  return false;
}

/** Keeps what stands on the branch in the main repository, as that which we have pushed. */
export async function keepPublished({ bench, candidate, workspace }: Job, commit: string): Promise<void> {
  const ref = publishedRef(candidate.taskId, candidate.attempt);
  await keepCommit(bench.settings.root, workspace.path, { commit, ref });
}
