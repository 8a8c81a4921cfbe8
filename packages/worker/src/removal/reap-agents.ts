import { isAlive } from '@ralph/protocol/process/process-identity';
import { tryClaim } from '@ralph/protocol/process/task-claim';
import { readAgentRecord, recordedTasks, sweepAgentRecords } from '../agent/agent-record.ts';
import { removeStopRequest } from '../agent/stop-request.ts';
import { endLeftAgent } from './end-left-agent.ts';
import type { Reaped } from './reaped.ts';

/**
 * Ends the agents whose workers are gone, side by side, whether their workspaces are still there or not. That somebody
 * works on a task, or that nothing of its agent lived, is not told.
 */
export async function reapAgents(repoRoot: string): Promise<Reaped[]> {
  const rows = await Promise.all(recordedTasks(repoRoot).map((taskId) => reapAgent(repoRoot, taskId)));
  return rows.flat();
}

async function reapAgent(repoRoot: string, taskId: string): Promise<Reaped[]> {
  try {
    const record = readAgentRecord(repoRoot, taskId);
    if (record !== undefined && isAlive(record.owner)) return [];
    const claim = await tryClaim(repoRoot, taskId, { waitMs: 0 });
    if (claim === undefined) return [];
    try {
      const ended = await endLeftAgent(repoRoot, taskId);
      removeStopRequest(repoRoot, taskId);
      sweepAgentRecords(repoRoot, taskId);
      if (ended === undefined) return [];
      const what = `the agent of attempt ${ended.attempt}, pid ${ended.pid}`;
      return [{ task_id: taskId, action: 'ended', what, reason: 'its worker is gone' }];
    } finally {
      claim.release();
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [{ task_id: taskId, action: 'kept', what: `the agent of ${taskId}`, reason }];
  }
}
