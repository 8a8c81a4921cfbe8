import { readdirSync, readFileSync } from 'node:fs';
import { DEFAULTS } from '@ralph/protocol/contract/config-file';
import { readProcStat } from '@ralph/protocol/process/process-identity';
import { signalProcess } from '@ralph/protocol/process/process-list';

const POLL_MS = 20;

/**
 * Ends processes that still work in a workspace nobody claims, as agents may whose worker and whose watcher were both
 * killed: SIGINT, the grace, SIGKILL. They are known by the workspace in their environment (Linux only). Our own
 * ancestors are spared, since a person may call us from a shell that an agent started.
 */
export async function endStrays(workspace: string): Promise<void> {
  const spared = ownLine();
  const strays = () => processesOf(workspace).filter((pid) => !spared.has(pid));
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

function processesOf(workspace: string): number[] {
  if (process.platform !== 'linux') return [];
  const wanted = `RALPH_WORKSPACE=${workspace}`;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => environmentOf(pid).includes(wanted) && isLiving(pid));
}

function isLiving(pid: number): boolean {
  const state = readProcStat(pid)?.state;
  return state !== undefined && state !== 'Z' && state !== 'X';
}

function environmentOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch {
    // Gone in the meantime, or of another user: not one of ours.
    return [];
  }
}

function ownLine(): ReadonlySet<number> {
  const line = new Set([process.pid]);
  for (let pid = process.ppid; pid > 1 && !line.has(pid); pid = readProcStat(pid)?.parent ?? 0) line.add(pid);
  return line;
}
