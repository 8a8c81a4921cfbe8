import { claimedTasks } from '@ralph/protocol/process/claimed-tasks';
import { isAlive } from '@ralph/protocol/process/process-identity';
import { ownLine } from '@ralph/protocol/process/process-list';
import { tryClaim } from '@ralph/protocol/process/task-claim';
import { readAgentRecord, type AgentRecord } from '../agent/agent-record.ts';
import { isStopRequested, requestStop } from '../agent/stop-request.ts';
import { endLeftAgent } from './end-left-agent.ts';
import { endStrays } from '@ralph/protocol/process/end-strays';

const POLL_MS = 20;

export interface Stopped {
  readonly task_id: string;
  /** Whether something ran that does not any more. */
  readonly stopped: boolean;
  readonly reason?: string;
}

export interface StopOutcome {
  readonly row: Stopped;
  /** Whether an agent of the task still runs. */
  readonly runs: boolean;
}

/**
 * Ends the agent of a task and waits until its tree is gone. A living worker that owns it is asked to tell the end as
 * one on request; an attempt whose agent is not started yet is given up by its worker before that.
 */
export async function stopAgent(repoRoot: string, taskId: string, signal: AbortSignal): Promise<StopOutcome> {
  let asked: AgentRecord | undefined;
  for (;;) {
    const record = readAgentRecord(repoRoot, taskId);
    // Another attempt was begun after the one that we were asked to stop.
    if (asked !== undefined && record?.token !== asked.token) return stopped(taskId);
    if (record === undefined) return notRunning(repoRoot, taskId);
    const step = isAlive(record.owner) ? await stopOwned(repoRoot, record) : await stopLeft(repoRoot, taskId);
    if (step !== 'again') return step;
    if (signal.aborted) return running(taskId, 'given up: it had not ended yet');
    asked = isAlive(record.owner) ? record : undefined;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

async function stopOwned(repoRoot: string, record: AgentRecord): Promise<StopOutcome | 'again'> {
  const { task_id, agent, workspace_path } = record;
  if (agent !== undefined && ownLine().has(agent.pid)) return running(task_id, 'this command is a part of its agent');
  if (!isStopRequested(repoRoot, task_id)) requestStop(repoRoot, record);
  if (agent === undefined) return 'again';
  const { left } = await endStrays(workspace_path, agent);
  return left ? running(task_id, `its agent, pid ${agent.pid}, cannot be ended`) : stopped(task_id);
}

async function stopLeft(repoRoot: string, taskId: string): Promise<StopOutcome | 'again'> {
  const claim = await tryClaim(repoRoot, taskId, { waitMs: 0 });
  // Whoever has it begins by ending what is left, or removes it.
  if (claim === undefined) return 'again';
  try {
    return (await endLeftAgent(repoRoot, taskId)) === undefined ? notRunning(repoRoot, taskId) : stopped(taskId);
  } catch (error) {
    return running(taskId, error instanceof Error ? error.message : String(error));
  } finally {
    claim.release();
  }
}

function stopped(taskId: string): StopOutcome {
  return { row: { task_id: taskId, stopped: true }, runs: false };
}

function running(taskId: string, reason: string): StopOutcome {
  return { row: { task_id: taskId, stopped: false, reason }, runs: true };
}

function notRunning(repoRoot: string, taskId: string): StopOutcome {
  const isClaimed = claimedTasks(repoRoot)?.has(taskId) === true;
  const reason = isClaimed
    ? 'it is claimed by a process that runs no agent: an integration, say'
    : 'no agent of it runs';
  return { row: { task_id: taskId, stopped: false, reason }, runs: false };
}
