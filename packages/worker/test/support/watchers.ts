import { readFileSync } from 'node:fs';
import { livingProcesses } from '@ralph/protocol/process/process-list';

/** Returns the watchers of a process: the shells that end its trees when it is killed. */
export function watchersOf(pid: number): number[] {
  return [...livingProcesses()]
    .filter(({ pid: child, stat }) => stat.parent === pid && commandLine(child).includes('ralph-orphan-watcher'))
    .map((one) => one.pid);
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return '';
  }
}
