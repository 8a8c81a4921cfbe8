import type { Failure } from '@ralph/protocol/contract/failure';
import type { EventOf } from '@ralph/protocol/contract/events';
import type { Usage } from '@ralph/protocol/contract/usage';
import type { UsedBefore } from '@ralph/protocol/usage/usage-tally';
import { addUsage } from '@ralph/protocol/usage/add-usage';
import { parkAgain } from '../candidate/attempt-refs.ts';
import { writeRecord } from '../candidate/integration-record.ts';
import type { Job } from '../candidate/job.ts';
import { isAncestor, bringTarget } from '../push/target.ts';
import { targetName, trackingRef } from '../site/settings.ts';
import { throwIfStopped } from '../site/stopped.ts';
import { commitLeft, listNewFiles, newFiles, removeNewFiles } from './commit-left.ts';
import { beginConflict, continueConflict, isUnderWay, type ConflictState } from './conflict-state.ts';
import { gatherEvidence } from './evidence.ts';
import { handOver, taskIntent, type Handover } from './hand-over.ts';
import { keepSettings, putSettingsBack, type KeptSettings } from '../workspace/kept-settings.ts';
import { whyRefused } from './proof.ts';
import { resolverPrompt } from './resolver-prompt.ts';
import type { Resolver } from './remedy-settings.ts';
import { remedyLogPath, runResolver } from './run-resolver.ts';
import { howItEnded } from './trouble.ts';
import { openWorkspace, putHeadOn } from '../workspace/workspace.ts';
import { showHiddenFiles } from '../workspace/hidden-files.ts';
import { git } from '../workspace/workspace-git.ts';
import { bindRemote } from '../workspace/workspace-remote.ts';
import { isRebasing, removeStaleLocks, undoRebase } from '../workspace/workspace-recovery.ts';

/** One after the other, the commits of the task may each be in conflict. */
const MOST_TURNS = 10;

export type RemedyEnd =
  | { readonly result: 'resolved'; readonly commit: string }
  | { readonly result: Exclude<EventOf<'remediation.finished'>['result'], 'resolved'>; readonly reason: string };

/** What the resolver has printed of itself. */
interface Said {
  /** Of all its turns. */
  usage: Usage | undefined;
  /** Of the session that goes on in each turn. */
  before: UsedBefore | undefined;
  lastLines: readonly string[];
}

/** What the resolver printed last, and where all of it is. */
export interface RemedyWords {
  readonly lastLines: readonly string[];
  readonly logPath: string | undefined;
}

const NOTHING_SAID: RemedyWords = { lastLines: [], logPath: undefined };

export interface Remedy {
  readonly resolver: Resolver;
  /** Which run of the resolver this is. */
  readonly number: number;
  readonly handover: Omit<Handover, 'files'>;
}

/** What a resolver is put on. */
interface Ground {
  readonly onto: string;
  readonly conflict: ConflictState | undefined;
  readonly red: string | undefined;
}

/**
 * Runs the resolver once on what kept a job from landing, and proves what it made. When that is proven it is the new tip
 * of the attempt, which is parked again; otherwise everything is as before.
 *
 * @throws Failure when something went wrong that is not the resolver's doing; Stopped
 */
export async function remedy(job: Job, { resolver, number, handover }: Remedy): Promise<RemedyEnd & RemedyWords> {
  const { bench, candidate } = job;
  const { taskId: task_id, attempt } = candidate;
  const began = performance.now();
  const ground = await prepareGround(job, handover.failure);
  if (ground.conflict === undefined && ground.red === undefined)
    return { result: 'resolved', commit: job.tip, ...NOTHING_SAID };
  const files = ground.conflict?.files ?? [];
  const handoff_path = await handOver(job, { ...handover, files });
  const log_path = remedyLogPath(job, number);
  const of = { task_id, attempt, remedy: number };
  await bench.output.event('remediation.started', { ...of, code: handover.failure.code, handoff_path, log_path });
  const before = await newFiles(job);
  const settings = keepSettings(job);
  const paths = { handoffPath: handoff_path, logPath: log_path };
  const said: Said = { usage: undefined, before: resolver.before, lastLines: [] };
  const end = await workOn(job, ground, { resolver, number, handover, settings, said, ...paths });
  if (end.result === 'resolved') await adopt(job, end.commit);
  else await takeBack(job, before, settings);
  const duration_ms = Math.round(performance.now() - began);
  await bench.output.event('remediation.finished', {
    ...of,
    result: end.result,
    ...(end.result === 'resolved' ? { commit: end.commit } : { reason: bench.secrets.redact(end.reason) }),
    duration_ms,
    ...(said.usage === undefined ? {} : { usage: said.usage }),
    ...(said.lastLines.length === 0 ? {} : { last_lines: [...said.lastLines] }),
  });
  return { ...end, lastLines: said.lastLines, logPath: log_path };
}

/** A commit that is not on the target, such as one of a train, is nothing that work may be put on for good. */
async function prepareGround(job: Job, failure: Failure): Promise<Ground> {
  const { bench, workspace, placed } = job;
  const { settings } = bench;
  const named = failure.code === 'conflict' ? failure.parts.details?.['onto'] : placed?.onto;
  const target = (await git(['rev-parse', trackingRef(settings)], { cwd: settings.root })).trim();
  const isThere = typeof named === 'string' && (await isAncestor(settings.root, named, target));
  const onto = isThere ? named : target;
  await bringTarget(settings, workspace, onto);
  if (failure.code !== 'conflict' && isThere && placed !== undefined) {
    await writeRecord(workspace, { tip: job.tip, head: null, pushed: job.pushed });
    await putHeadOn(workspace, placed.work, job.branch);
    return { onto, conflict: undefined, red: placed.work };
  }
  const conflict = await beginConflict(job, onto);
  if (conflict !== undefined || failure.code === 'conflict') return { onto, conflict, red: undefined };
  const red = (await git(['rev-parse', 'HEAD'], { cwd: workspace.path })).trim();
  return { onto, conflict: undefined, red };
}

type Work = Remedy & {
  readonly handoffPath: string;
  readonly logPath: string;
  readonly settings: KeptSettings;
  readonly said: Said;
};

async function workOn(job: Job, ground: Ground, work: Work): Promise<RemedyEnd> {
  const { bench, workspace } = job;
  const { onto, red } = ground;
  const { settings } = work;
  const listPath = `${work.logPath.slice(0, -'.log'.length)}.new-files`;
  await listNewFiles(job, listPath);
  const files = new Set<string>(ground.conflict?.files);
  let { conflict } = ground;
  for (let turn = 1; turn <= MOST_TURNS; turn += 1) {
    const bad = await runOnce(job, conflict, work);
    if (bad !== undefined) return bad;
    await putSettingsBack(job, settings);
    // It may have put another repository in the place of ours.
    await openWorkspace(bench.settings.root, job.candidate);
    await removeStaleLocks(workspace, bench.stop);
    await showHiddenFiles(workspace);
    // What is on the target counts as others' work, so it has to be true where the target is.
    await bringTarget(bench.settings, workspace, onto);
    let left = await commitLeft(job, onto, listPath);
    await bindRemote(bench.settings, workspace.path);
    if (left.kind === 'unfinished' && conflict !== undefined && isUnderWay(workspace, conflict)) {
      const next = await continueConflict(workspace, conflict);
      if (next.kind === 'refused') return { result: 'unresolved', reason: next.reason };
      if (next.kind === 'conflict') {
        conflict = next.state;
        for (const file of conflict.files) files.add(file);
        continue;
      }
      left = await commitLeft(job, onto, listPath);
    }
    if (left.kind === 'unfinished') return { result: 'unresolved', reason: left.reason };
    const why = whyRefused(await gatherEvidence(job, { onto, files: [...files], red }));
    return why === undefined ? { result: 'resolved', commit: left.head } : { result: 'unresolved', reason: why };
  }
  return { result: 'unresolved', reason: `there is still a conflict after ${MOST_TURNS} turns` };
}

/** Returns how the resolver ended, unless it ended well. */
async function runOnce(job: Job, conflict: ConflictState | undefined, work: Work): Promise<RemedyEnd | undefined> {
  const { bench } = job;
  const { resolver, handoffPath, logPath, said } = work;
  const prompt = bench.secrets.redact(promptFor(job, conflict, work));
  const run = { resolver, prompt, handoffPath, logPath, before: said.before };
  const { cause, exitCode, signal, usage, before, lastLines, isBroken } = await runResolver(job, run);
  throwIfStopped(bench.stop);
  said.usage = addUsage(said.usage, usage);
  said.before = before;
  said.lastLines = lastLines;
  const { timeoutMs } = bench.settings.remedy;
  if (cause !== 'exited')
    return { result: 'timeout', reason: `the resolver was ended at its time limit of ${timeoutMs / 1000} s` };
  if (exitCode === 0 && !isBroken) return undefined;
  const last = lastLines.at(-1);
  return {
    result: 'failed',
    reason: `the resolver ended with ${signal ?? `status ${exitCode}`}${isBroken ? ', on an error of its own' : ''}${last === undefined ? '' : `: ${last}`}`,
  };
}

function promptFor(job: Job, conflict: ConflictState | undefined, { number, handover, handoffPath }: Work): string {
  const { bench, candidate } = job;
  const { gate } = handover;
  return resolverPrompt({
    taskId: candidate.taskId,
    title: candidate.title ?? '',
    remedy: number,
    maxRemedies: bench.settings.remedy.attempts,
    target: targetName(bench.settings),
    trouble:
      conflict === undefined
        ? {
            kind: 'gate',
            command: gate?.command ?? '',
            how: gate === undefined ? 'failed' : howItEnded(gate),
            output: gate?.output ?? '',
            logPath: gate?.logPath ?? '',
          }
        : { kind: 'conflict', way: conflict.way, files: conflict.files },
    before: handover.remark,
    handoffPath,
    intent: taskIntent(job),
  });
}

async function adopt(job: Job, commit: string): Promise<void> {
  const { bench, candidate, workspace } = job;
  if (commit === job.tip) return;
  await parkAgain(bench.settings.root, candidate, workspace.path, { from: job.tip, to: commit });
  job.tip = commit;
  await writeRecord(workspace, { tip: commit, head: null, pushed: job.pushed });
}

async function takeBack(job: Job, before: ReadonlySet<string>, settings: KeptSettings): Promise<void> {
  const { bench, workspace } = job;
  await putSettingsBack(job, settings);
  await openWorkspace(bench.settings.root, job.candidate);
  await removeStaleLocks(workspace, bench.stop);
  if (isRebasing(workspace)) await undoRebase(workspace);
  await showHiddenFiles(workspace);
  await putHeadOn(workspace, job.tip, job.branch);
  await removeNewFiles(job, before);
}
