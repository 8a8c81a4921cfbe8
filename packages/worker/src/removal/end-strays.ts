import { realpathSync } from 'node:fs';
import { endMembers } from '@ralph/protocol/process/end-members';
import { bootId } from '@ralph/protocol/process/process-identity';
import { ownLine } from '@ralph/protocol/process/process-list';
import type { TreeSigns } from '@ralph/protocol/process/tree-members';
import type { RecordedAgent } from '../agent/agent-record.ts';

/**
 * Ends processes that still work in a workspace nobody claims, as agents may whose worker and whose watcher were both
 * killed: SIGINT, the grace, SIGKILL. They are known by what is written down about the agent and, on Linux, by the
 * workspace in their environment, or as strays in its folder since that agent began. Our own ancestors are spared,
 * since a person may call us from a shell that an agent started.
 *
 * @returns whether there were any, and whether any could not be ended
 */
export async function endStrays(
  workspace: string,
  agent?: RecordedAgent,
): Promise<{ readonly found: boolean; readonly left: boolean }> {
  return endMembers(signsOf(workspace, agent), 'SIGINT');
}

function signsOf(workspace: string, agent: RecordedAgent | undefined): TreeSigns {
  const here = { variable: `RALPH_WORKSPACE=${workspace}`, spared: ownLine() };
  const path = realPath(workspace);
  // Numbers and times of another boot mean nothing.
  if (agent === undefined || agent.boot_id !== bootId()) return { ...here, folder: { path, since: '0' } };
  const { pid, start_time: since, mark, cgroup } = agent;
  const leader = { pid, startTime: since, isOurs: false };
  return { ...here, folder: { path, since }, since, leader, mark, cgroup };
}

/** The agent may have removed the folder; who works in it is found all the same. */
function realPath(workspace: string): string {
  try {
    return realpathSync(workspace);
  } catch {
    return workspace;
  }
}
