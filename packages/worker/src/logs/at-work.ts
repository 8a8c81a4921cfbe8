import { isAlive } from '@ralph/protocol/process/process-identity';
import { readAgentRecord } from '../agent/agent-record.ts';

/** An attempt that is under way. */
export interface AtWork {
  /** Nothing while its workspace is being made. */
  readonly attempt: number | undefined;
}

/**
 * Tells whether anybody works on a task, from before its workspace is made until its agent has ended and what that printed
 * has been dealt with. Nobody does whose processes are gone, whatever is written down.
 *
 * @throws Failure `permission`, `io`
 */
export function attemptAtWork(repoRoot: string, taskId: string): AtWork | undefined {
  const record = readAgentRecord(repoRoot, taskId);
  if (record === undefined) return undefined;
  const { owner, agent } = record;
  if (!isAlive(owner) && (agent === undefined || !isAlive(agent))) return undefined;
  return { attempt: agent?.attempt };
}
