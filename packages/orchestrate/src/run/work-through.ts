import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Call, Result } from '@ralph/protocol/cli/program';
import { commandLine } from '@ralph/protocol/cli/shell-words';
import { isFolder } from '@ralph/protocol/process/git-run';
import { loopOf, sharedRoot } from '@ralph/protocol/process/repository';
import { finishRun } from '../end/finish-run.ts';
import type { RunPlan } from '../settings/plan-run.ts';
import type { Recovery } from '../start/carry-out.ts';
import type { LockHolder } from '../start/lock-holder.ts';
import type { Ground } from '../start/preflight.ts';
import type { StopFile } from '../stop/stop-file.ts';
import type { TaskSource } from '../tasks/choice.ts';
import { QuotaBook } from '../quota/quota-book.ts';
import { RunLimits } from '../quota/run-limits.ts';
import { ReceiptKeeper } from '../record/receipt-keeper.ts';
import type { LiveView } from '../view/live-view.ts';
import { openView } from '../view/open-view.ts';
import { Crew } from './crew.ts';
import type { EventLog } from './event-log.ts';
import type { LoopEnd } from './loop-parts.ts';
import { RunLoop } from './run-loop.ts';
import type { StateKeeper } from './state-keeper.ts';

export interface RunParts {
  readonly plan: RunPlan;
  readonly ground: Ground;
  readonly keeper: StateKeeper;
  readonly log: EventLog;
  readonly lock: LockHolder;
  readonly select: TaskSource;
  readonly stopFile: StopFile;
  readonly recovery: Recovery;
  /** How many tasks were handed over in place of the queue. */
  readonly given: number | undefined;
  /** Whether a terminal shows a table of the tasks at work. */
  readonly live: boolean;
}

export interface RunOutcome {
  readonly result: Result;
  /** How many tasks it has had in hand. */
  readonly attempted: number;
}

/**
 * Works through what there is to do, from `run.started` to `run.finished`, and says how it ended.
 *
 * @throws the failure that ended the run before its time
 */
export async function workThrough(call: Pick<Call, 'output' | 'stop'>, parts: RunParts): Promise<RunOutcome> {
  const { plan, ground, keeper, log, lock, select, stopFile, recovery, given } = parts;
  const { output, stop } = call;
  const { root, settings, maxTasks, agents, words, gates } = plan;
  const { targetBranch, workspaceRoot } = ground;
  const { workers } = settings;
  const began = performance.now();
  const runId = `run-${new Date().toISOString().replace(/[-:]|\..*/g, '')}-${randomBytes(3).toString('hex')}`;
  const loopName = loopOf(root)?.name;
  const where = loopName === undefined ? {} : { loop: loopName, repo_root: root };
  const scope = { gates: gateCount(gates), ...(given === undefined ? {} : { given_tasks: given }) };
  const begin = { run_id: runId, target_branch: targetBranch, workers, ...scope, ...where };
  const begun = await output.event('run.started', begin);
  log.append(begun);
  for (const event of [...recovery.blocked, ...recovery.adopted]) await keeper.record(event);
  for (const fields of recovery.told) log.append(await output.event('task.recovered', fields));
  const policy = { ...plan.loop, workers, maxTasks };
  const { adopted, statePath } = recovery;
  const files = { root, statePath, otherPaths: refFiles(root, ground.pushedQueue), stopFile };
  const receipts = new ReceiptKeeper(runId);
  const limits = new RunLimits({
    book: new QuotaBook(sharedRoot(root), plan.account),
    heedsOthers: plan.heedsQuota,
    budget: plan.budget,
    receipts,
    onNote: (line) => output.note(line),
  });
  const view = parts.live ? await openView(call, root) : undefined;
  view?.take(begun);
  if (view !== undefined) log.observe((event) => view.take(event));
  const crew = new Crew({ repo: root, targetBranch, workspaceRoot, agents, words }, (line) => output.note(line));
  const loop = new RunLoop({ ...files, runId, crew, keeper, log, limits, output, policy, select, adopted });
  const interrupt = () => {
    if (stop.cause?.kind === 'signal')
      output.note('stopping: the agents are ended and their work is kept; once more kills at once');
    loop.interrupt();
  };
  stop.signal.addEventListener('abort', interrupt, { once: true });
  if (stop.signal.aborted) interrupt();
  stop.onForce(() => crew.kill());
  void lock.lost.then((lost) => {
    if (lost !== undefined) loop.fail(lost);
  });
  const end = await runShown(loop, crew, view);
  const again = commandLine(['ralph-orchestrate', ...process.argv.slice(2)]);
  const result = await finishRun(call, {
    end,
    runId,
    began,
    log,
    totals: receipts.totals,
    spent: limits.spent,
    account: plan.account,
    root,
    again,
  });
  return { result, attempted: end.results.size };
}

async function runShown(loop: RunLoop, crew: Crew, view: LiveView | undefined): Promise<LoopEnd> {
  try {
    return await loop.run();
  } catch (error) {
    // Nobody listens to them any more, and they would wait for ever.
    crew.abort();
    throw error;
  } finally {
    await view?.close();
  }
}

/** The file of a ref, where it is below the root: only there can it be watched. */
function refFiles(root: string, ref: string | undefined): string[] {
  const gitDir = join(root, '.git');
  return ref === undefined || !isFolder(gitDir) ? [] : [join(gitDir, ref)];
}

/** The options that name the gates hold others, too. */
function gateCount(words: readonly string[]): number {
  return words.filter((word) => /^--(?:ci|gate)(?:=|$)/.test(word)).length;
}
