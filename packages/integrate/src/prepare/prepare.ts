import { Failure } from '@ralph/protocol/contract/failure';
import { clearForReset } from '../candidate/begin.ts';
import { commitMove, isQueueTracked } from '../books/bookkeeping.ts';
import { readFollowUps } from '../books/follow-ups.ts';
import { bothStillTracked } from '../books/known-books.ts';
import { combineOnto, hasMerges } from './combine.ts';
import { writeRecord } from '../candidate/integration-record.ts';
import type { Job } from '../candidate/job.ts';
import { mergeByHand, rebaseByHand } from '../candidate/next-command.ts';
import { isKnownWithoutMerges, requireOwnCommits } from './own-commits.ts';
import { requireNoSecrets } from './no-secrets.ts';
import { rebaseOnto } from './rebase.ts';
import { targetName } from '../site/settings.ts';
import { mainObjects } from '../workspace/main-objects.ts';
import { branchOf, headNow, putHeadOn } from '../workspace/workspace.ts';
import { removeHalfCheckout } from '../workspace/half-checkout.ts';
import { hasOwnGitFolder } from '../workspace/kept-settings.ts';
import { isRebasing, undoRebase } from '../workspace/workspace-recovery.ts';

/** What is to be pushed: the work on top of a commit of the target branch, with the books kept. */
export interface Prepared {
  readonly commit: string;
  /** The commit of the target branch that it stands on. */
  readonly onto: string;
  readonly queueTracked: boolean;
  /** Whether the main repository has all of it already. */
  readonly isInMain: boolean;
}

/**
 * Makes what is to be pushed, always anew from the attempt's own tip, so that nothing of an earlier try is left in it.
 *
 * @throws Failure `foreign_commits`, `followups_invalid`, `conflict`, `secrets_committed`, `bookkeeping_failed`,
 *   `workspace_dirty`, `git_failed`
 */
export async function prepare(job: Job, onto: string): Promise<Prepared> {
  const { workspace, candidate, bench, tip } = job;
  const { root } = bench.settings;
  await requireOwnCommits(job, onto);
  // Before anything is done: a proposal that cannot be added keeps the work from landing.
  const followUps = await readFollowUps(workspace, candidate, bench.secrets.redact);
  const isThere = !job.moved && (await clearForReset(job)) === 'on_tip';
  job.moved = true;
  await writeRecord(workspace, { tip, head: null, pushed: job.pushed });
  if (!isThere) await putHeadOn(workspace, tip, job.branch);
  if (job.interrupted) await removeHalfCheckout(workspace, tip, onto);
  const merges = !isKnownWithoutMerges(job, onto) && (await hasMerges(workspace, { tip, onto }));
  const shared = await mainObjects(bench.settings, workspace);
  const env = shared ?? {};
  const files = merges ? await combineOnto(job, onto, env) : await rebaseOnto(workspace, onto, env);
  if (files.length > 0) throw conflict(job, { files, onto }, merges ? mergeByHand : rebaseByHand);
  await requireNoSecrets(job, onto);
  const { taskId: task_id, attempt } = candidate;
  const work = await headNow(workspace);
  job.placed = { onto, work };
  await bench.output.event('rebase.done', { task_id, attempt, commit: work, base_commit: onto });
  const queueTracked = await isQueueTracked(root, root, onto);
  if (queueTracked) await commitMove(bench, workspace, candidate, { target: onto, followUps, env });
  const commit = queueTracked ? await headNow(workspace) : work;
  if (commit !== work) bothStillTracked(commit, onto);
  await writeRecord(workspace, { tip, head: commit, pushed: job.pushed });
  if (shared !== undefined) bench.history.learn(onto, commit);
  return { commit, onto, queueTracked, isInMain: shared !== undefined };
}

/** Puts a workspace back on the attempt's own commits, as far as it was moved away from them. */
export async function putBack(job: Job): Promise<void> {
  // In a git folder of others, HEAD and a rebase are theirs.
  if (!job.moved || !hasOwnGitFolder(job.workspace)) return;
  if (isRebasing(job.workspace)) await undoRebase(job.workspace);
  await putHeadOn(job.workspace, job.tip, job.branch ?? (await branchOf(job.workspace)));
}

function conflict(
  { bench, candidate }: Job,
  { files, onto }: { readonly files: string[]; readonly onto: string },
  byHand: typeof rebaseByHand,
): Failure {
  return new Failure('conflict', `conflict with ${targetName(bench.settings)} in ${files.join(', ')}`, {
    hint: byHand(bench.settings, candidate),
    details: { files, onto },
  });
}
