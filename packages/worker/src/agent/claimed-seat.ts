import type { ClaimFiles } from '@ralph/protocol/process/claim-files';
import type { ProcessTree } from '@ralph/protocol/process/process-tree';
import { bootId, identityOf } from '@ralph/protocol/process/process-identity';
import { recordOf } from '@ralph/protocol/process/recorded-tree';
import { randomHex } from '@ralph/protocol/process/random-hex';
import { takeClaim, type TaskClaim } from '@ralph/protocol/process/task-claim';
import { endLeftAgent } from '../removal/end-left-agent.ts';
import { readAgentRecord, removeAgentRecord, writeAgentRecord, type AgentRecord } from './agent-record.ts';
import { isStopRequested, removeStopRequest } from './stop-request.ts';

export interface Seat {
  readonly repoRoot: string;
  readonly taskId: string;
  /** Of its workspace. */
  readonly path: string;
}

/**
 * Takes the claim of a task to run an agent for it: ends what an earlier worker has left, and writes down who works on
 * it now. With the claim goes what was written down.
 *
 * @throws Failure `claim_held` when a living process has it, or an agent that nobody owns cannot be ended
 */
export async function claimSeat(seat: Seat, files?: ClaimFiles): Promise<TaskClaim> {
  const { repoRoot, taskId } = seat;
  const claim = await takeClaim(repoRoot, taskId, { waitMs: 0, files });
  try {
    await endLeftAgent(repoRoot, taskId);
    removeStopRequest(repoRoot, taskId);
    writeAgentRecord(repoRoot, newRecord(seat));
  } catch (error) {
    claim.release();
    throw error;
  }
  let isOurs = true;
  const release = () => {
    // Of an agent that lives on all the same, the record must stay.
    if (isOurs && !hasAgent(seat)) leaveSeat(seat);
    isOurs = false;
    claim.release();
  };
  return { taskId, fd: claim.fd, release };
}

function hasAgent({ repoRoot, taskId }: Seat): boolean {
  try {
    return readAgentRecord(repoRoot, taskId)?.agent !== undefined;
  } catch {
    return true;
  }
}

/** Writes down the agent of a task that we have claimed, before it runs its first instruction. */
export function recordAgent(seat: Seat, attempt: number, tree: ProcessTree): void {
  const agent = recordOf(attempt, tree);
  writeAgentRecord(seat.repoRoot, { ...(readAgentRecord(seat.repoRoot, seat.taskId) ?? newRecord(seat)), agent });
}

function newRecord({ taskId, path }: Seat): AgentRecord {
  const owner = identityOf(process.pid) ?? { pid: process.pid, start_time: '', boot_id: bootId() };
  return { task_id: taskId, workspace_path: path, token: randomHex(8), owner, agent: undefined };
}

/** Tells whether `ralph-worker stop` was asked for the attempt that we have claimed. */
export function isToStop({ repoRoot, taskId }: Seat): boolean {
  return isStopRequested(repoRoot, taskId);
}

/** Writes down that nothing runs for a task that we have claimed, for now: a request to stop it stays. Never throws. */
export function emptySeat({ repoRoot, taskId }: Seat): void {
  try {
    const record = readAgentRecord(repoRoot, taskId);
    if (record !== undefined) writeAgentRecord(repoRoot, { ...record, agent: undefined });
  } catch {
    // It names somebody who lives no more.
  }
}

/** Forgets the agent of a task that we have claimed: its tree is gone. */
export function leaveSeat({ repoRoot, taskId }: Seat): void {
  removeAgentRecord(repoRoot, taskId);
  removeStopRequest(repoRoot, taskId);
}
