import { realpathSync } from 'node:fs';
import { DEFAULTS } from '@ralph/protocol/contract/defaults';
import { bootId, isAlive } from '@ralph/protocol/process/process-identity';
import { environmentOf, livingProcesses, ownLine, signalProcess } from '@ralph/protocol/process/process-list';
import { isStray } from '@ralph/protocol/process/stray';
import { readAgentRecord } from '../agent/agent-record.ts';

const POLL_MS = 20;

/**
 * Ends processes that still work in a workspace nobody claims, as agents may whose worker and whose watcher were both
 * killed: SIGINT, the grace, SIGKILL. They are known by the group of the agent that is written down there and, on
 * Linux, by the workspace in their environment, or as strays in its folder since that agent began. Our own ancestors are
 * spared, since a person may call us from a shell that an agent started.
 */
export async function endStrays(workspace: string): Promise<void> {
  const strays = strayFinder(workspace);
  if (strays().length === 0) return;
  for (const pid of strays()) signalProcess(pid, 'SIGINT');
  const deadline = Date.now() + DEFAULTS.interruptGraceMs;
  while (strays().length > 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  const killed = Date.now() + DEFAULTS.killGraceMs;
  for (;;) {
    for (const pid of strays()) signalProcess(pid, 'SIGKILL');
    if (strays().length === 0 || Date.now() >= killed) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Returns what lists the strays of a workspace; a negative number stands for a group. */
function strayFinder(workspace: string): () => number[] {
  const spared = ownLine();
  const agent = readAgentRecord(workspace);
  if (process.platform !== 'linux') {
    return () => (agent !== undefined && !spared.has(agent.pid) && isAlive(agent) ? [-agent.pid] : []);
  }
  const wanted = `RALPH_WORKSPACE=${workspace}`;
  const folder = realpathSync(workspace);
  const since = agent?.boot_id === bootId() ? agent.start_time : '0';
  // The group is the agent's as long as the agent lives, and as long as any of it does that was seen with it.
  const group = agent !== undefined && isAlive(agent) ? agent.pid : undefined;
  return () =>
    [...livingProcesses()].flatMap(({ pid, stat }) => {
      if (spared.has(pid)) return [];
      const isOurs = stat.group === group || stat.session === group || environmentOf(pid).includes(wanted);
      return isOurs || isStray(pid, stat, { path: folder, since }) ? [pid] : [];
    });
}
