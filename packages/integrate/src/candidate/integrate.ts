import { commandLine } from '@ralph/protocol/cli/shell-words';
import { isSafeTaskId } from '@ralph/protocol/contract/task-id';
import { asIoFailure, Failure, isFailure } from '@ralph/protocol/contract/failure';
import { attemptRef } from '@ralph/protocol/contract/paths';
import { endLeftGates } from '@ralph/protocol/process/end-left-gates';
import { identityOf } from '@ralph/protocol/process/process-identity';
import { afterLanding } from './after-landing.ts';
import { parkedTip } from './attempt-refs.ts';
import { beginJob, lookWhetherOnTip } from './begin.ts';
import type { Bench } from '../site/bench.ts';
import type { Candidate } from './candidate.ts';
import { claimTask } from './claim.ts';
import type { Job } from './job.ts';
import { keepWorkspace, type Opened } from './keep-workspace.ts';
import type { Landed } from '../push/landed.ts';
import { mergedPublication, mergedWithoutWorkspace } from '../publish/merged.ts';
import { publish, type Published } from '../publish/publish.ts';
import { awaitsReview, sayPublished } from '../publish/say-published.ts';
import { landWithRemedies } from '../remedy/land-with-remedies.ts';
import { landedBefore, recordLanded } from './landed-before.ts';
import { landAgain, nextCommand } from './next-command.ts';
import { kindOfFailure, type Outcome } from './outcome.ts';
import { targetName } from '../site/settings.ts';
import { Stopped } from '../site/stopped.ts';
import { isAncestor } from '../push/target.ts';
import { mainRefs, type MainRef } from '../prepare/main-refs.ts';
import { lookForSecrets } from '../prepare/no-secrets.ts';
import { originOf } from '../prepare/own-commits.ts';
import type { Passage } from '../train/passages.ts';
import { dropFromTrain } from '../train/train-refs.ts';
import { isQueueTracked } from '../books/bookkeeping.ts';
import { settleFollowUps } from '../books/settle-follow-ups.ts';
import { removeLeftRefLocks } from '../workspace/left-ref-locks.ts';
import { openWithHead, openWorkspace } from '../workspace/workspace.ts';

/**
 * Integrates one candidate and says so in events. Whatever goes wrong ends this candidate only: it is blocked with its
 * workspace kept, or failed. When told to stop, nothing is said about it and a later run begins it again. What is
 * cleared away after a landing is left to `bench.clearing`.
 */
export async function integrate(bench: Bench, candidate: Candidate, passage: Passage): Promise<Outcome> {
  if (bench.stop.aborted) return { kind: 'stopped' };
  const opened: Opened = { passage };
  try {
    const landed = await underClaim(bench, candidate, opened);
    if ('branch' in landed) return { kind: 'published' };
    bench.clearing.add(() => afterLanding(bench, candidate, landed, opened.workspace !== undefined));
    return { kind: 'landed' };
  } catch (error) {
    if (error instanceof Stopped) return { kind: 'stopped' };
    return await notLanded(bench, candidate, opened.job, asFailure(bench, candidate, error));
  } finally {
    passage.end();
  }
}

async function underClaim(bench: Bench, candidate: Candidate, opened: Opened): Promise<Landed | Published> {
  requireSafeId(bench.settings.root, candidate);
  const claim = await claimTask(bench, candidate, opened.passage.letPass);
  try {
    await removeLeftRefLocks(bench.settings.root, candidate.taskId);
    await endLeftGates(bench.settings.root, candidate.taskId);
    const refs = await mainRefs(bench.settings.root);
    const tip = parkedTip(bench.settings.root, candidate, refs);
    const landed =
      (await landedEarlier(bench, candidate, opened, refs)) ??
      (await mergedMeanwhile(bench, candidate, tip)) ??
      (await landNow(bench, candidate, { tip, refs, claimFd: claim.fd }, opened));
    if ('branch' in landed) {
      await keepWorkspace(bench, candidate, opened, awaitsReview(landed));
      await sayPublished(bench, candidate, landed, opened.job?.gateRuns ?? 0);
      return landed;
    }
    if (landed.isKept !== true) await recordLanded(bench, candidate, landed.commit);
    await sayCompleted(bench, candidate, landed, opened);
    return landed;
  } catch (error) {
    if (!(error instanceof Stopped)) {
      await keepWorkspace(bench, candidate, opened, asFailure(bench, candidate, error));
    }
    throw error;
  } finally {
    claim.release();
  }
}

function requireSafeId(root: string, { taskId }: Candidate): void {
  if (isSafeTaskId(taskId)) return;
  throw new Failure('task_unsafe_id', `${JSON.stringify(taskId)} cannot serve as a folder and ref name`, {
    hint: `${commandLine(['ralph-state', 'task', 'validate', '--repo', root])}  # letters, digits, dot, dash and underscore`,
  });
}

/** Its workspace may be there still, to be cleared away; whether it is, is for `openWorkspace` to say. */
async function landedEarlier(
  bench: Bench,
  candidate: Candidate,
  opened: Opened,
  refs: readonly MainRef[],
): Promise<Landed | undefined> {
  const commit = await landedBefore(bench, candidate, refs);
  if (commit === undefined) return undefined;
  const workspace = await openWorkspace(bench.settings.root, candidate).catch(() => undefined);
  if (workspace !== undefined) opened.workspace = workspace;
  const { root } = bench.settings;
  await dropFromTrain(root, candidate);
  // The first time, it may not have come to bring the checkout of the user forward.
  return { commit, queueTracked: await isQueueTracked(root, root, commit).catch(() => false) };
}

async function landNow(
  bench: Bench,
  candidate: Candidate,
  { tip, refs, claimFd }: { readonly tip: string; readonly refs: readonly MainRef[]; readonly claimFd: number },
  opened: Opened,
): Promise<Landed | Published> {
  const { workspace, head } = await openWithHead(bench.settings.root, candidate);
  bench.secrets.learnFrom(workspace.path);
  opened.workspace = workspace;
  const job = await beginJob(bench, candidate, workspace, { tip, head });
  job.claimFd = claimFd;
  opened.job = job;
  await Promise.all([lookAtCommits(job, refs), lookWhetherOnTip(job)]);
  await requireWork(job);
  await sayStarted(bench, candidate);
  const merged = await mergedPublication(bench, candidate, job.tip);
  if (merged !== undefined) return merged;
  return landWithRemedies<Landed | Published>(
    job,
    bench.settings.publish.mode === 'push' ? opened.passage.land : publish,
  );
}

/** Ahead of its turn: what is found out now, nobody in the train has to wait for. */
async function lookAtCommits(job: Job, refs: readonly MainRef[]): Promise<void> {
  job.origin = await originOf(job, refs);
  await lookForSecrets(job);
}

/** Work whose branch was merged is done, though its workspace has been removed. */
async function mergedMeanwhile(bench: Bench, candidate: Candidate, tip: string): Promise<Landed | undefined> {
  const merged = await mergedWithoutWorkspace(bench, candidate, tip);
  if (merged !== undefined) await sayStarted(bench, candidate);
  return merged;
}

async function sayStarted({ settings, output }: Bench, { taskId: task_id, attempt }: Candidate): Promise<void> {
  const identity = identityOf(process.pid);
  const who = identity === undefined ? {} : { identity };
  await output.event('integrate.started', { task_id, attempt, base: targetName(settings), ...who });
}

/** An attempt whose tip is where it began would be found on the target, and has done nothing. */
async function requireWork({ candidate, workspace, origin, tip }: Job): Promise<void> {
  const { path, baseCommit } = workspace;
  // Own commits that stand on it are not in its history: it is reached from elsewhere, and they are not.
  if (baseCommit === undefined || (origin?.hasOwn === true && origin.boundary.includes(baseCommit))) return;
  if (!(await isAncestor(path, tip, baseCommit))) return;
  throw new Failure('no_changes', `attempt ${candidate.attempt} at ${candidate.taskId} made no commits`, {
    hint: commandLine(['git', '-C', path, 'status']),
  });
}

async function sayCompleted(
  bench: Bench,
  candidate: Candidate,
  landed: Landed,
  { workspace, job }: Opened,
): Promise<void> {
  const { taskId: task_id, attempt, title, workspacePath: workspace_path } = candidate;
  const push_attempts = job?.pushes ?? 0;
  const ci_runs = job?.gateRuns ?? 0;
  const named = title === undefined ? {} : { title };
  const followed = workspace === undefined ? {} : await settleFollowUps(bench, workspace, candidate, landed);
  const { commit } = landed;
  const ended = { task_id, attempt, commit, push_attempts, ci_runs, workspace_path };
  await bench.output.event('task.completed', { ...ended, ...named, ...followed });
}

async function notLanded(bench: Bench, candidate: Candidate, job: Job | undefined, failure: Failure): Promise<Outcome> {
  const { taskId: task_id, attempt, workspacePath: workspace_path } = candidate;
  const { code, message: reason } = failure;
  const land_command = landAgain(bench.settings, candidate);
  const next_command = nextCommand(failure, land_command);
  const told = { task_id, attempt, reason, code, next_command, ...loggedWords(failure) };
  const kind = kindOfFailure(code);
  switch (kind) {
    case 'blocked':
      await bench.output.event('task.blocked', { ...told, attempts: job?.pushes ?? 0, workspace_path, land_command });
      break;
    case 'failed':
      await bench.output.event('task.failed', { ...told, salvage_ref: attemptRef(task_id, attempt) });
      break;
    case 'skipped':
      await bench.output.event('task.skipped', { task_id, reason, code, next_command });
      break;
  }
  return { kind, failure };
}

/** Where the failure is that of a command of others: what it printed last, and where all of it is. */
function loggedWords({ parts }: Failure): { log_path?: string; last_lines?: string[] } {
  const { log_path, last_lines } = parts.details ?? {};
  const lines = Array.isArray(last_lines) ? last_lines.filter((line) => typeof line === 'string') : [];
  return {
    ...(typeof log_path === 'string' ? { log_path } : {}),
    ...(lines.length === 0 ? {} : { last_lines: lines }),
  };
}

function asFailure({ output }: Bench, { taskId, attempt }: Candidate, thrown: unknown): Failure {
  const error = asIoFailure(thrown, 'use a file');
  if (isFailure(error)) return error;
  if (error instanceof Error) output.detail(error.stack ?? error.message);
  const words = error instanceof Error ? error.message : String(error);
  return new Failure('internal', words, { taskId, attempt, cause: error });
}
