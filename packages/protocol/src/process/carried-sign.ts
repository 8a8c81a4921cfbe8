import { uptime } from 'node:os';
import { KnownProcesses } from './known-processes.ts';
import { readProcStat, type ProcStat } from './process-identity.ts';
import { environmentText, pidsInProc } from './process-list.ts';
import { worksIn, type TreeFolder } from './stray.ts';

/** The variable that marks every process of a tree, so that one which left the group is still found. */
export const TREE_MARK = 'RALPH_TREE';

/** What the name of every variable of ours begins with. */
const OURS = 'RALPH_';

/** The unit in which /proc tells when a process began. */
const TICKS_PER_SECOND = 100;

/** A process that was forked just now has the environment of whoever forked it, until it runs its own program. */
const SETTLED_S = 2;

interface Sought {
  readonly mark?: string | undefined;
  readonly variable?: string | undefined;
  readonly since?: string | undefined;
}

interface SoughtTree extends Sought {
  readonly folder?: TreeFolder | undefined;
  readonly leader?: object | undefined;
  readonly root?: number | undefined;
  readonly cgroup?: string | undefined;
}

/** Tells whether a process carries the mark or the variable of a tree in its environment. */
export function carriesSign(pid: number, startTime: string, { mark, variable, since }: Sought): boolean {
  if ((mark === undefined && variable === undefined) || Number(startTime) < Number(since ?? 0)) return false;
  return isIn(environmentText(pid), { mark, variable });
}

function isIn(text: string, { mark, variable }: Sought): boolean {
  // To cut the text of every process of the machine into its variables takes longer than to read it.
  if ((variable === undefined || !text.includes(variable)) && !text.includes(TREE_MARK)) return false;
  const environment = text.split('\0');
  if (variable !== undefined && environment.includes(variable)) return true;
  const marks = environment.find((entry) => entry.startsWith(`${TREE_MARK}=`))?.slice(TREE_MARK.length + 1);
  return mark !== undefined && marks?.split(',').includes(mark) === true;
}

/** A thread of the kernel is never anything else, and has neither an environment nor a folder. */
const threads = new KnownProcesses();

/** Processes that carry nothing of ours. Whoever gets rid of a sign never takes it up again to be found by it. */
const strangers = new KnownProcesses();

/**
 * Tells at a third of the cost of a whole look that nobody carries the sign of a tree or works in its folder, where the tree
 * is known by nothing else. That of a stranger is not read again.
 */
export function isUnseen(signs: SoughtTree, isForeign: (pid: number) => boolean): boolean {
  const { leader, root, cgroup, mark, folder, variable } = signs;
  if ([leader, root, cgroup, mark].some((sign) => sign !== undefined)) return false;
  if (folder === undefined || variable === undefined) return false;
  const pids = pidsInProc();
  for (const known of [threads, strangers]) known.keepOnly(new Set(pids));
  const now = uptime() * TICKS_PER_SECOND;
  return pids.every((pid) => {
    if (isForeign(pid) || threads.isOlder(pid, now)) return true;
    const isStranger = strangers.isOlder(pid, now);
    return (isStranger || !seems(pid, variable, now)) && !worksIn(pid, folder.path);
  });
}

function seems(pid: number, variable: string, now: number): boolean {
  let text = '';
  if (threads.look(pid, () => kernelThread(pid)) !== undefined) return false;
  strangers.look(pid, () => {
    const stat = readProcStat(pid);
    text = environmentText(pid);
    const isSettled = stat !== undefined && Number(stat.startTime) < now - SETTLED_S * TICKS_PER_SECOND;
    return isSettled && !text.includes(OURS) ? stat : undefined;
  });
  return isIn(text, { variable });
}

function kernelThread(pid: number): ProcStat | undefined {
  const stat = readProcStat(pid);
  return stat?.isKernel === true ? stat : undefined;
}
