import { endLeftGates } from '@ralph/protocol/process/end-left-gates';
import { gatedTasks, readGateRecord } from '@ralph/protocol/process/gate-record';
import { isAlive } from '@ralph/protocol/process/process-identity';
import { tryClaim } from '@ralph/protocol/process/task-claim';
import { readAgentRecord, recordedTasks, sweepAgentRecords } from '../agent/agent-record.ts';
import { removeStopRequest } from '../agent/stop-request.ts';
import { endLeftAgent } from './end-left-agent.ts';
import type { Reaped } from './reaped.ts';

/**
 * Ends the agents whose workers are gone, and the gates whose judges are, side by side, whether their workspaces are
 * still there or not. That somebody works on a task, or that nothing of it lived, is not told.
 */
export async function reapAgents(repoRoot: string): Promise<Reaped[]> {
  const tasks = new Set([...recordedTasks(repoRoot), ...gatedTasks(repoRoot)]);
  const rows = await Promise.all([...tasks].map((taskId) => reapTask(repoRoot, taskId)));
  return rows.flat();
}

async function reapTask(repoRoot: string, taskId: string): Promise<Reaped[]> {
  try {
    const record = readAgentRecord(repoRoot, taskId);
    if (record !== undefined && isAlive(record.owner)) return [];
    const judge = readGateRecord(repoRoot, taskId)?.owner;
    if (judge !== undefined && isAlive(judge)) return [];
    const claim = await tryClaim(repoRoot, taskId, { waitMs: 0 });
    if (claim === undefined) return [];
    try {
      const gates = (await endLeftGates(repoRoot, taskId)).map((gate): Reaped => {
        const what = `a gate of attempt ${gate.attempt}, pid ${gate.pid}`;
        return { task_id: taskId, action: 'ended', what, reason: 'who judged by it is gone' };
      });
      const ended = await endLeftAgent(repoRoot, taskId);
      removeStopRequest(repoRoot, taskId);
      sweepAgentRecords(repoRoot, taskId);
      if (ended === undefined) return gates;
      const what = `the agent of attempt ${ended.attempt}, pid ${ended.pid}`;
      return [...gates, { task_id: taskId, action: 'ended', what, reason: 'its worker is gone' }];
    } finally {
      claim.release();
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [{ task_id: taskId, action: 'kept', what: `what runs for ${taskId}`, reason }];
  }
}
