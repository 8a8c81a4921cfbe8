import { attemptRef } from '@ralph/protocol/contract/paths';
import { isFailure } from '@ralph/protocol/contract/failure';
import type { Task } from '@ralph/protocol/contract/task';
import type { TreeEnd } from '@ralph/protocol/process/process-tree';
import { logPath } from '../agent/agent-log.ts';
import { takeClaim, type TaskClaim } from '@ralph/protocol/process/task-claim';
import { nextAttemptNumber } from '../refs/attempt-claim.ts';
import { closeFailedAttempt, failTask, type Attempt } from './fail-task.ts';
import { endedWell, failureOf, judge } from './judge.ts';
import { readLogState } from '../agent/agent-log.ts';
import { IN_THE_WAY, openWorkspace } from '../workspace/open-workspace.ts';
import { bringIn } from '../refs/ralph-refs.ts';
import { runAgent } from '../agent/run-agent.ts';
import type { RunContext } from './run-context.ts';
import { inspectWork, settleWork, type FoundWork } from '../work/work-left.ts';
import { writeMarker, type WorkspaceMarker } from '../workspace/workspace-marker.ts';
import { workspacePath } from '../site/workspace-path.ts';

export type TaskOutcome = 'ready' | 'failed';

/**
 * Does one task: claim, workspace, agent, judgement, and the parking of what it made. Whatever goes wrong is told by
 * `task.failed` and never thrown, so that one bad task cannot stop the others; a task that another process is working
 * on is only skipped, since what becomes of it is that other's to tell.
 */
export async function runTask(context: RunContext, task: Task): Promise<TaskOutcome> {
  const { site, output } = context;
  let claim: TaskClaim | undefined;
  try {
    const path = workspacePath(site, task.id);
    claim = await takeClaim(site.repo.root, task.id, { waitMs: 0 });
    const number = await nextAttemptNumber(site, task.id, task.attempt);
    return await attemptTask(context, { task, path, claim, number, logPath: logPath(site.repo.root, task.id, number) });
  } catch (error) {
    if (isFailure(error) && error.code === 'claim_held') {
      const { code, message: reason, parts } = error;
      const next = parts.hint === undefined ? {} : { next_command: parts.hint };
      await output.event('task.skipped', { task_id: task.id, reason, code, ...next });
      return 'failed';
    }
    await failTask(context, task, error);
    return 'failed';
  } finally {
    claim?.release();
  }
}

async function attemptTask(context: RunContext, attempt: Attempt): Promise<TaskOutcome> {
  const { output } = context;
  const { task, number, path, claim } = attempt;
  const of = { task_id: task.id, attempt: number };
  let isOpen = false;
  try {
    const { site, branch, origin, signal } = context;
    const opened = await openWorkspace(site, {
      taskId: task.id,
      attempt: number,
      path,
      branch,
      origin,
      signal,
      phase: 'running',
    });
    isOpen = true;
    const { baseCommit, salvaged } = opened;
    if (salvaged !== undefined)
      await output.event('work.salvaged', { task_id: task.id, ...salvaged, reason: IN_THE_WAY });
    await output.event('workspace.ready', {
      ...of,
      workspace_path: path,
      base_commit: baseCommit,
      reused: false,
      duration_ms: opened.durationMs,
    });
    const began = performance.now();
    const end = await runAgent(context, { task, attempt: number, path, baseCommit, logPath: attempt.logPath });
    const durationMs = Math.round(performance.now() - began);
    const work = await findWork(context, attempt, baseCommit, end);
    const { lastLine } = await readLogState(attempt.logPath);
    const failure = failureOf(judge(end, work), lastLine);
    if (failure === undefined) {
      writeMarker(path, { ...markerOf(context, attempt, baseCommit), phase: 'finished' });
      // Whoever takes the work over must find the claim free.
      claim.release();
    }
    await output.event('agent.finished', {
      ...of,
      exit_code: end.exitCode,
      signal: end.signal,
      reason: end.cause,
      workspace_path: path,
      base_commit: baseCommit,
      head_commit: work.head,
      commits: work.commits,
      changed_files: work.changedFiles,
      log_path: attempt.logPath,
      duration_ms: durationMs,
      title: task.title,
    });
    if (failure === undefined) return 'ready';
    await closeFailedAttempt(context, attempt, { ...failure, isOpen, parked: work.commits > 0 });
  } catch (error) {
    if (isFailure(error) && error.code === 'claim_held') throw error;
    await closeFailedAttempt(context, attempt, { error, isOpen, parked: false });
  }
  return 'failed';
}

function markerOf({ site, branch }: RunContext, { task, number }: Attempt, baseCommit: string): WorkspaceMarker {
  const of = { task_id: task.id, attempt: number, base_commit: baseCommit };
  return { ...of, target_branch: branch, repo_root: site.repo.root, phase: 'running' };
}

/** Finds what the agent left, finished where it ended well, and parks its commits in the user's repository. */
async function findWork(context: RunContext, attempt: Attempt, baseCommit: string, end: TreeEnd): Promise<FoundWork> {
  const { task, path, number } = attempt;
  const plan = { taskId: task.id, title: task.title, path, branch: context.branch, baseCommit };
  const work = endedWell(end) ? await settleWork(plan) : await inspectWork(plan);
  if (work.commits === 0) return work;
  await bringIn(context.site.repo.root, { path, ref: 'HEAD' }, { ref: attemptRef(task.id, number), replace: true });
  return work;
}
