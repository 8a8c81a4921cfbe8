import { commandLine } from '@ralph/protocol/cli/shell-words';
import { Failure } from '@ralph/protocol/contract/failure';
import type { RecordedTree } from '@ralph/protocol/contract/tree-record';
import { endLeftGates } from '@ralph/protocol/process/end-left-gates';
import { endStrays } from '@ralph/protocol/process/end-strays';
import { isAlive } from '@ralph/protocol/process/process-identity';
import { removeTreeGroup } from '@ralph/protocol/process/tree-group';
import { readAgentRecord, removeAgentRecord } from '../agent/agent-record.ts';
import { removeStopRequest } from '../agent/stop-request.ts';

/**
 * Ends what is left of the agent and of the gates that are written down for a task, wherever it works and whether its workspace is still
 * there, and forgets them. To be called by the holder of the task's claim: no living process owns them.
 *
 * @returns the agent, when anything of it was alive
 * @throws Failure `claim_held` when it could not be ended: nothing may be started or removed over a living agent
 */
export async function endLeftAgent(repoRoot: string, taskId: string): Promise<RecordedTree | undefined> {
  await endLeftGates(repoRoot, taskId);
  const record = readAgentRecord(repoRoot, taskId);
  if (record === undefined) return undefined;
  const { agent, owner, workspace_path } = record;
  // We ourselves may have the task and be about to start its agent.
  if (agent === undefined && isAlive(owner)) return undefined;
  const ended = agent === undefined ? undefined : await endStrays(workspace_path, agent);
  if (ended?.left === true && agent !== undefined) throw notEnded(taskId, agent);
  if (agent?.cgroup !== undefined) removeTreeGroup(agent.cgroup);
  removeStopRequest(repoRoot, taskId);
  removeAgentRecord(repoRoot, taskId);
  return ended?.found === true ? agent : undefined;
}

function notEnded(taskId: string, { pid, attempt }: RecordedTree): Failure {
  return new Failure('claim_held', `the agent of attempt ${attempt} at ${taskId} lives and cannot be ended`, {
    hint: `${commandLine(['ps', '-fp', String(pid)])}  # whose it is; end it, then run it again`,
    taskId,
  });
}
