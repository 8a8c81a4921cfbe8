import { Failure } from '@ralph/protocol/contract/failure';
import type { Job } from '../candidate/job.ts';
import { passGate } from '../gate/pass-gate.ts';
import { prepare, type Prepared } from '../prepare/prepare.ts';
import type { Landed } from '../push/landed.ts';
import { targetCommit } from '../push/target-commit.ts';
import { bringTarget } from '../push/target.ts';
import { throwIfStopped } from '../site/stopped.ts';
import { branchCommit, branchOfTask, keepPublished, pushBranch, requireOurs } from './branch.ts';
import { mergeEffect } from './merged.ts';
import { openPullRequest } from './pr-command.ts';
import { readPublication, writePublication, type Publication } from './publication.ts';
import { writeReviewSummary } from './review-summary.ts';

/** Work that stands on a branch of its own and awaits a review. */
export interface Published {
  readonly branch: string;
  readonly commit: string;
  readonly base: string;
  readonly summaryPath: string;
  /** What the command of the pull request answered. */
  readonly answer: string | undefined;
}

/**
 * Publishes the work of a job as a branch for a review: rebased onto the target branch, with the books kept, gated and
 * pushed; the target branch is untouched. What stands there already, made of the same tip and fit to be merged, is left
 * as it is.
 *
 * @returns `Landed` when the target branch holds all of it already
 * @throws Failure when it cannot be published by itself; Stopped
 */
export async function publish(job: Job): Promise<Landed | Published> {
  const { bench, workspace, candidate } = job;
  const { settings, stop } = bench;
  requireBranchOfItsOwn(job);
  let prepared: Prepared | undefined;
  for (;;) {
    const target = await targetCommit(job, stop);
    throwIfStopped(stop);
    const standing = await branchCommit(job, stop);
    throwIfStopped(stop);
    const known = readPublication(settings.root, candidate.taskId);
    if (known !== undefined && (await stillServes(job, known, { standing, target }))) return afterPush(job, known);
    await requireOurs(job, standing);
    await bringTarget(settings, workspace, target);
    if (prepared?.onto !== target) prepared = await prepare(job, target);
    const { commit, queueTracked } = prepared;
    if (commit === target) return { commit, queueTracked };
    throwIfStopped(stop);
    await passGate(job, prepared, stop);
    throwIfStopped(stop);
    const { opened, sent = [] } = known ?? {};
    const before = opened === undefined ? {} : { opened };
    const made = { attempt: candidate.attempt, tip: job.tip, commit, base: target, sent, ...before };
    await writePublication(settings.root, candidate, made);
    if (await pushBranch(job, commit, standing)) return afterPush(job, made);
  }
}

/** What is published is not made anew for a target branch that has moved on, unless it could not be merged any more. */
async function stillServes(
  { bench, candidate, tip }: Job,
  known: Publication,
  { standing, target }: { readonly standing: string | undefined; readonly target: string },
): Promise<boolean> {
  if (known.attempt !== candidate.attempt || known.tip !== tip || known.commit !== standing) return false;
  return known.base === target || (await mergeEffect(bench.settings.root, target, known.commit)) !== 'conflict';
}

async function afterPush(job: Job, made: Publication): Promise<Published> {
  const { bench, candidate } = job;
  const { root, publish: how } = bench.settings;
  await keepPublished(job, made.commit);
  const summary = await writeReviewSummary(job, made);
  let { answer } = made;
  if (how.mode === 'pr' && made.opened !== made.commit) {
    answer = await openPullRequest(job, how, made, summary);
    await writePublication(root, candidate, { ...made, opened: made.commit, answer });
  }
  return {
    branch: branchOfTask(candidate),
    commit: made.commit,
    base: made.base,
    summaryPath: summary.path,
    answer: answer === '' ? undefined : answer,
  };
}

function requireBranchOfItsOwn({ bench, candidate }: Job): void {
  const branch = branchOfTask(candidate);
  if (branch !== bench.settings.targetBranch) return;
  throw new Failure('publish_failed', `${branch} is the target branch: nothing can be published beside it`, {
    hint: `git branch --remotes  # name another one with --target-branch`,
  });
}
