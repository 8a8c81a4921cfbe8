import type { ChildProcess } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { sep } from 'node:path';
import { livingProcesses, signalProcess } from '@ralph/protocol/process/process-list';
import { waitUntil } from '@ralph/protocol/testing/wait-until';

/** Returns the processes that work in a folder: those of a server in its repository, hooks included. */
export function processesIn(folder: string): number[] {
  return [...livingProcesses()].flatMap(({ pid }) => (isIn(pid, folder) ? [pid] : []));
}

/** Kills all processes that work in a folder, and settles when none is left. */
export async function killIn(folder: string): Promise<void> {
  await waitUntil(`nothing works in ${folder}`, () => {
    const found = processesIn(folder);
    for (const pid of found) signalProcess(pid, 'SIGKILL');
    return found.length === 0;
  });
}

/** Settles when a process has ended. */
export function endOf(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once('exit', () => resolve()));
}

function isIn(pid: number, folder: string): boolean {
  try {
    return `${readlinkSync(`/proc/${pid}/cwd`)}${sep}`.startsWith(`${folder}${sep}`);
  } catch {
    // Gone in the meantime, or of another user.
    return false;
  }
}
