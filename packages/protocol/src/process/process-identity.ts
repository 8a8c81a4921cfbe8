import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { bareEnvironment } from './environment.ts';
import type { ProcessIdentity } from '../contract/state-file.ts';
import { readProcFile } from './proc-file.ts';

/** What /proc/PID/stat says of a process; its name may hold spaces and brackets, so fields count from the last one. */
export interface ProcStat {
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** 0 without a controlling terminal. */
  readonly terminal: number;
  /** A thread of the kernel, which has no environment, no folder and no descriptors of its own. */
  readonly isKernel: boolean;
  readonly startTime: string;
}

/** One of the flags of a process, as the kernel names it. */
const PF_KTHREAD = 0x0020_0000;

/** Reads /proc/PID/stat; nothing when there is no such process or no /proc. */
export function readProcStat(pid: number): ProcStat | undefined {
  const text = readProcFile(`/proc/${pid}/stat`, 'latin1');
  if (text === undefined || text === '') return undefined;
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return {
    state: fields[0] ?? '',
    parent: Number(fields[1]),
    group: Number(fields[2]),
    session: Number(fields[3]),
    terminal: Number(fields[4]),
    isKernel: (Number(fields[6]) & PF_KTHREAD) !== 0,
    startTime: fields[19] ?? '',
  };
}

let ownStartTime: string | undefined;

/** Returns the identity of a living process, or nothing. A zombie is not living. */
export function identityOf(pid: number): ProcessIdentity | undefined {
  const startTime = knownStartTime(pid);
  return startTime === undefined ? undefined : { pid, start_time: startTime, boot_id: bootId() };
}

/** Tells whether the very process that an identity names is still alive: never by its number alone. */
export function isAlive(identity: ProcessIdentity): boolean {
  return identity.boot_id === bootId() && knownStartTime(identity.pid) === identity.start_time;
}

/** Our own never changes, and to ask for it costs the more the more threads we have. */
function knownStartTime(pid: number): string | undefined {
  if (pid !== process.pid) return startTimeOf(pid);
  ownStartTime ??= startTimeOf(pid);
  return ownStartTime;
}

function startTimeOf(pid: number): string | undefined {
  if (process.platform === 'linux') {
    const stat = readProcStat(pid);
    return stat === undefined || stat.state === 'Z' || stat.state === 'X' ? undefined : stat.startTime;
  }
  try {
    const text = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      env: { ...bareEnvironment(), LC_ALL: 'C' },
    });
    return text.trim() === '' || text.trim().startsWith('Z') ? undefined : text.trim().replace(/^\S+\s+/, '');
  } catch {
    return undefined;
  }
}

let knownBootId: string | undefined;

/** Returns what tells this boot of this machine from another. */
export function bootId(): string {
  knownBootId ??= readBootId();
  return knownBootId;
}

function readBootId(): string {
  try {
    if (process.platform === 'linux') return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return execFileSync('sysctl', ['-n', 'kern.bootsessionuuid'], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}
