import { attemptRef } from '@ralph/protocol/contract/paths';
import { isFailure } from '@ralph/protocol/contract/failure';
import type { Task } from '@ralph/protocol/contract/task';
import { logPath } from '../agent/agent-log.ts';
import { claimSeat } from '../agent/claimed-seat.ts';
import { giveAttemptBack, nextAttemptNumber } from '../refs/attempt-claim.ts';
import { stepsFor, type Step } from '../agent/agent-plan.ts';
import { AttemptGuard } from './attempt-guard.ts';
import { closeFailedAttempt, failTask, skipTask, type Attempt } from './fail-task.ts';
import { endedWell, failureOf, judge } from './judge.ts';
import { provideSetup, type SetupOutcome } from '../setup/provide-setup.ts';
import { IN_THE_WAY, openWorkspace, type OpenedWorkspace } from '../workspace/open-workspace.ts';
import { bringIn, setRef } from '../refs/ralph-refs.ts';
import { runAgent } from '../agent/run-agent.ts';
import type { RunContext } from './run-context.ts';
import { sayFinished, workOf, type AgentRunEnd } from './say-finished.ts';
import { inspectWork, nothingFound, settleWork, type FoundWork } from '../work/work-left.ts';
import { writeFinished, type WorkspaceMarker } from '../workspace/workspace-marker.ts';
import { workspacePath } from '../site/workspace-path.ts';
import { sharedStore } from '../work/shared-store.ts';

/** `held`: it was not begun, since another was turned away by a limit; `limited`: it was turned away itself. */
export type TaskOutcome = 'ready' | 'failed' | 'held' | 'limited';

/**
 * Does one task: claim, workspace, agent, judgement, and the parking of what it made. Whatever goes wrong is told by
 * `task.failed` and never thrown, so that one bad task cannot stop the others; a task that another process is working
 * on is only skipped, since what becomes of it is that other's to tell.
 */
export async function runTask(context: RunContext, task: Task): Promise<TaskOutcome> {
  const { site } = context;
  let guard: AttemptGuard | undefined;
  try {
    context.quota.pass(Date.now());
    const path = workspacePath(site, task.id);
    guard = new AttemptGuard(await claimSeat({ repoRoot: site.repo.root, taskId: task.id, path }, context.claims));
    const steps = stepsFor(context.agents, task);
    const number = await nextAttemptNumber(site, task.id, task.attempt);
    const log = logPath(site.repo.root, task.id, number);
    return await attemptTask(context, { task, path, guard, number, logPath: log }, steps);
  } catch (error) {
    if (isFailure(error) && error.code === 'claim_held') {
      // What stands in the place of the workspace is that other's.
      guard?.handOn();
      await skipTask(context, task, error);
    } else if (isFailure(error) && error.code === 'rate_limited') {
      await guard?.close(error.message, { isUnbegun: true });
      await skipTask(context, task, error);
      return 'held';
    } else {
      await guard?.close('it could not be begun');
      await failTask(context, task, error);
    }
    return 'failed';
  }
}

async function attemptTask(context: RunContext, attempt: Attempt, steps: readonly Step[]): Promise<TaskOutcome> {
  const { task } = attempt;
  let parked = false;
  let isTold = false;
  /** The agent's end, until that is told. */
  let ended: AgentRunEnd | undefined;
  try {
    ended = await runInWorkspace(context, attempt, steps, () => (isTold = true));
    const end = { ...ended, work: await findWork(context, attempt, ended) };
    parked = end.work.commits > 0;
    const failure = failureOf(judge(end.agent, end.work), end.agent.lastLines.at(-1) ?? '');
    // Before anybody can hear of it and send the next task.
    if (failure?.code === 'rate_limited') context.quota.close(task.id, failure, Date.now());
    if (failure === undefined) {
      writeFinished(attempt.path, markerOf(context, attempt, end.baseCommit), {
        at: new Date().toISOString(),
        ...workOf(context, attempt, end),
      });
      attempt.guard.handOn();
    }
    ended = undefined;
    await sayFinished(context, attempt, end, failure?.code);
    if (failure === undefined) return 'ready';
    await closeFailedAttempt(context, attempt, { ...failure, lastLines: end.agent.lastLines, parked });
    if (failure.code === 'rate_limited') return 'limited';
  } catch (error) {
    if (attempt.guard.isHandedOn || (isFailure(error) && error.code === 'claim_held')) throw error;
    // Of what nobody has heard nothing needs to be told but that it was not begun.
    if (isFailure(error) && error.code === 'rate_limited' && !isTold) throw error;
    if (ended !== undefined) {
      const code = isFailure(error) ? error.code : 'internal';
      await sayFinished(context, attempt, { ...ended, work: nothingFound(ended.baseCommit) }, code);
    }
    await closeFailedAttempt(context, attempt, { error, parked, lastLines: ended?.agent.lastLines ?? [] });
  }
  return 'failed';
}

async function runInWorkspace(
  context: RunContext,
  attempt: Attempt,
  steps: readonly Step[],
  onTold: () => void,
): Promise<AgentRunEnd> {
  const { task, number, path, guard } = attempt;
  const { site, branch, origin, travellers, space, reuse, setup: plan, signal, output } = context;
  const of = { task_id: task.id, attempt: number };
  const isTaken = guard.holdNumber((commit) => giveAttemptBack(site, task.id, number, commit));
  const isOpen = guard.holdWorkspace({ site, taskId: task.id, attempt: number, path, warm: reuse.limit });
  const ground = { path, branch, origin, travellers, space, reuse, setup: plan, signal };
  const request = { taskId: task.id, attempt: number, ...ground, phase: 'running' } as const;
  const opened = await openWorkspace(site, request);
  isOpen();
  isTaken(opened.baseCommit);
  const { baseCommit, salvaged, durationMs: duration_ms } = opened;
  if (salvaged !== undefined)
    await output.event('work.salvaged', { task_id: task.id, ...salvaged, reason: IN_THE_WAY });
  const setup = await setUp(context, attempt, opened);
  context.quota.pass(Date.now());
  onTold();
  const ready = { workspace_path: path, base_commit: baseCommit, reused: opened.reused, duration_ms };
  await output.event('workspace.ready', { ...of, ...ready, ...(setup === undefined ? {} : { setup }) });
  const began = performance.now();
  const agent = await runAgent(context, {
    task,
    attempt: number,
    path,
    baseCommit,
    logPath: attempt.logPath,
    guard,
    steps,
  });
  return { agent, baseCommit, durationMs: Math.round(performance.now() - began) };
}

async function setUp(
  context: RunContext,
  { task, number: attempt, path, logPath: log }: Attempt,
  opened: OpenedWorkspace,
): Promise<SetupOutcome | undefined> {
  const { program, site, branch, setup: plan, sandbox, secrets, trees, logs, logLimitBytes, output, signal } = context;
  if (plan === undefined) return undefined;
  const facts = { taskId: task.id, title: task.title, attempt, path, branch, baseCommit: opened.baseCommit };
  const journal = { logPath: log, logLimitBytes, logs, redact: secrets.redact };
  const note = (text: string) => output.note(`${program}: ${text}`);
  const how = { repoRoot: site.repo.root, plan, sandbox, trees, signal, note };
  return provideSetup(site, { ...facts, ...journal, ...how }, opened);
}

function markerOf({ site, branch }: RunContext, { task, number }: Attempt, baseCommit: string): WorkspaceMarker {
  const of = { task_id: task.id, attempt: number, base_commit: baseCommit };
  return { ...of, target_branch: branch, repo_root: site.repo.root, phase: 'running' };
}

/** Finds what the agent left, finished where it ended well, and parks its commits in the user's repository. */
async function findWork(context: RunContext, attempt: Attempt, { agent, baseCommit }: AgentRunEnd): Promise<FoundWork> {
  const { task, path, number } = attempt;
  const { branch, allowEmpty, site } = context;
  const { localConfig } = context.origin;
  const store = (workspace: string) => sharedStore(site.repo, localConfig, workspace);
  const plan = { repo: site.repo, taskId: task.id, title: task.title, path, branch, baseCommit, allowEmpty, store };
  const work = endedWell(agent) ? await settleWork(plan) : await inspectWork(plan);
  if (work.commits === 0) return work;
  const ref = attemptRef(task.id, number);
  if (work.isStored === true) await setRef(site.repo.root, ref, work.head);
  else await bringIn(site.repo.root, { path, ref: 'HEAD' }, { ref, replace: true });
  return work;
}
