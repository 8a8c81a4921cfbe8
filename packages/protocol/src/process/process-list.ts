import { readdirSync, readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { readProcStat } from './process-identity.ts';

/** The variable that marks every process of a tree, so that one which left the group is still found. */
export const TREE_MARK = 'RALPH_TREE';

export interface TreeMember {
  readonly pid: number;
  readonly inGroup: boolean;
}

/**
 * Returns the living processes of a tree: those in the group, and those that carry its mark in their environment
 * (Linux only; elsewhere the group alone is known). Zombies are not living.
 */
export function livingMembers(group: number, mark: string): TreeMember[] {
  if (process.platform !== 'linux') return livingByPs(group);
  const wanted = `${TREE_MARK}=${mark}\0`;
  const found: TreeMember[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const pid = Number(name);
    const stat = pid === process.pid ? undefined : readProcStat(pid);
    if (stat === undefined || stat.state === 'Z' || stat.state === 'X') continue;
    const inGroup = stat.group === group;
    if (inGroup || environmentOf(pid).includes(wanted)) found.push({ pid, inGroup });
  }
  return found;
}

function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch {
    // Gone in the meantime, or of another user: not one of ours.
    return '';
  }
}

function livingByPs(group: number): TreeMember[] {
  const rows = execFileSync('ps', ['-axo', 'pid=,pgid=,stat='], { encoding: 'utf8' }).trim().split('\n');
  return rows.flatMap((row) => {
    const [pid, pgid, state] = row.trim().split(/\s+/);
    return Number(pgid) === group && state?.startsWith('Z') === false ? [{ pid: Number(pid), inGroup: true }] : [];
  });
}

/** Sends a signal to one process or, with a negative number, to a group; that it is gone already is no error. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}
