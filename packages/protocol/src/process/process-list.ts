import { readdirSync } from 'node:fs';
import { KnownProcesses } from './known-processes.ts';
import { readProcFile } from './proc-file.ts';
import { readProcStat, type ProcStat } from './process-identity.ts';

export interface ListedProcess {
  readonly pid: number;
  readonly stat: ProcStat;
}

const known = new KnownProcesses();

/**
 * Returns the living processes of this machine other than threads of the kernel, by /proc.
 *
 * @param since leaves out what is surely older, as in /proc/PID/stat: what was looked at once need not be looked at again
 */
export function livingProcesses(since?: string): ListedProcess[] {
  const pids = pidsInProc();
  const listed = pids.flatMap((pid): ListedProcess[] => {
    if (since !== undefined && known.isOlder(pid, Number(since))) return [];
    const stat = since === undefined ? readProcStat(pid) : known.look(pid, () => readProcStat(pid));
    const isLiving = stat !== undefined && !stat.isKernel && stat.state !== 'Z' && stat.state !== 'X';
    return isLiving ? [{ pid, stat }] : [];
  });
  if (since !== undefined) known.keepOnly(new Set(pids));
  return listed;
}

/** Returns the numbers of the processes that /proc shows. */
export function pidsInProc(): number[] {
  return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
}

/** Returns us and our ancestors: a person may call us from a shell that an agent started. */
export function ownLine(): ReadonlySet<number> {
  const line = new Set([process.pid]);
  for (let pid = process.ppid; pid > 0 && !line.has(pid); pid = readProcStat(pid)?.parent ?? 0) line.add(pid);
  return line;
}

/** Returns the variables of a process as `NAME=value`; none when it is gone or of another user. */
export function environmentOf(pid: number): string[] {
  const text = environmentText(pid);
  return text === '' ? [] : text.split('\0');
}

/** Returns the variables of a process as they stand in its memory, each behind a zero; nothing when it is gone or of another user. */
export function environmentText(pid: number): string {
  return readProcFile(`/proc/${pid}/environ`, 'utf8') ?? '';
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
