import { isQueueTracked } from '../books/bookkeeping.ts';
import type { Job } from '../candidate/job.ts';
import { missingBranch } from '@ralph/protocol/process/missing-branch';
import { landAgain } from '../candidate/next-command.ts';
import { passGate } from '../gate/pass-gate.ts';
import { prepare, type Prepared } from '../prepare/prepare.ts';
import { pushCommit } from './push.ts';
import { pushVerdict, refusalWords, type PushVerdict } from './push-verdict.ts';
import { targetName } from '../site/settings.ts';
import { Stopped, throwIfStopped } from '../site/stopped.ts';
import { bringTarget, fetchTarget, isAncestor } from './target.ts';

export interface Landed {
  readonly commit: string;
  readonly queueTracked: boolean;
}

/**
 * Brings the work of a job onto the target branch: rebase, gate, push, and ask the remote, again for as long as others
 * are faster. It has landed when the remote says so, whatever git push said and however late.
 *
 * @throws Failure when it cannot land by itself; Stopped
 */
export async function land(job: Job): Promise<Landed> {
  try {
    return await tryUntilLanded(job);
  } catch (error) {
    const landed = error instanceof Stopped ? undefined : await landedAfterAll(job);
    if (landed === undefined) throw error;
    return landed;
  }
}

async function tryUntilLanded(job: Job): Promise<Landed> {
  const { bench, workspace } = job;
  let prepared: Prepared | undefined;
  for (;;) {
    const target = await targetCommit(job, bench.stop);
    throwIfStopped(bench.stop);
    const arrived = await firstOnTarget(job, target);
    if (arrived !== undefined) return arrived;
    await bringTarget(bench.settings, workspace, target);
    if (prepared?.onto !== target) prepared = await prepare(job, target);
    const { commit, queueTracked } = prepared;
    if (commit === target) return { commit, queueTracked };
    throwIfStopped(bench.stop);
    await passGate(job, prepared, bench.stop);
    throwIfStopped(bench.stop);
    if (await pushAndAsk(job, prepared)) return { commit, queueTracked };
  }
}

/** Looks a last time for what was sent, before anything is told as not landed. */
async function landedAfterAll(job: Job): Promise<Landed | undefined> {
  if (job.pushed.length === 0) return undefined;
  try {
    const end = await fetchTarget(job.bench.settings, job.bench.lastCall);
    return end.kind === 'fetched' ? await firstOnTarget(job, end.commit) : undefined;
  } catch {
    // The failure that led here is the one to be told.
    return undefined;
  }
}

/** Returns the first of the commits that were sent that is part of the target branch. */
async function firstOnTarget({ bench, pushed }: Job, target: string): Promise<Landed | undefined> {
  const { root } = bench.settings;
  for (const commit of pushed) {
    if (await isAncestor(root, commit, target))
      return { commit, queueTracked: await isQueueTracked(root, root, target) };
  }
  return undefined;
}

/**
 * Pushes and returns whether the work is on the target branch of the remote. When it is not, settles when it is time
 * for the next try.
 */
async function pushAndAsk(job: Job, { commit }: Prepared): Promise<boolean> {
  const { bench, workspace, candidate } = job;
  job.pushes += 1;
  if (!job.pushed.includes(commit)) job.pushed.push(commit);
  const result = await pushCommit(bench.settings, workspace, commit, bench.lastCall);
  const verdict = pushVerdict(result);
  if (verdict === 'ok' || verdict === 'unknown') {
    const target = await targetCommit(job, bench.lastCall);
    if (await isAncestor(bench.settings.root, commit, target)) return true;
  }
  const refusal = verdict === 'ok' ? 'unknown' : verdict;
  const words = verdict === 'ok' ? `${targetName(bench.settings)} does not hold what was pushed` : refusalWords(result);
  const { taskId: task_id, attempt } = candidate;
  throwIfStopped(bench.stop);
  await bench.output.event('push.rejected', { task_id, attempt, verdict: shownVerdict(refusal), message: words });
  await job.waitForNextTry(refusal, words, landAgain(bench.settings, candidate));
  return false;
}

/** The contract of the event knows no lock on the server: it is a rival, or what is left of one. */
function shownVerdict(refusal: Exclude<PushVerdict, 'ok'>): Exclude<PushVerdict, 'ok' | 'lock_left'> {
  return refusal === 'lock_left' ? 'race' : refusal;
}

/**
 * Asks the remote for the commit of the target branch, again when it cannot be reached.
 *
 * @throws Failure `origin_unreachable`, `push_auth`, `target_branch_missing`; Stopped
 */
async function targetCommit(job: Job, signal: AbortSignal): Promise<string> {
  const { bench, candidate } = job;
  const { settings } = bench;
  for (;;) {
    const end = await fetchTarget(settings, signal);
    switch (end.kind) {
      case 'fetched':
        return end.commit;
      case 'missing':
        throw await missingBranch(settings.root, settings.remote.name, settings.targetBranch);
      case 'auth':
      case 'network':
        throwIfStopped(signal);
        await job.waitForNextTry(end.kind, end.words, landAgain(settings, candidate));
    }
  }
}
