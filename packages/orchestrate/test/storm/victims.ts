import { readlinkSync } from 'node:fs';
import { namesIn } from '@ralph/protocol/process/names-in';
import { readProcFile } from '@ralph/protocol/process/proc-file';
import { environmentOf, livingProcesses } from '@ralph/protocol/process/process-list';

const PROGRAM = /\/bin\/(ralph-(?:lock|state|worker|integrate|orchestrate))\.cjs$/;

/** A process of a world. */
export interface Member {
  readonly pid: number;
  readonly startTime: string;
  /** The program of ours that it is, `watcher`, or nothing. */
  readonly role: string | undefined;
  readonly parent: number;
  readonly words: readonly string[];
  readonly cwd: string;
}

/** Returns the living processes that belong to a folder: by environment, arguments, current folder or descent. */
export function membersOf(folder: string): Member[] {
  const all = [...livingProcesses()].map(({ pid, stat }) => memberOf(pid, stat.parent, stat.startTime));
  const byPid = new Map(all.map((one) => [one.pid, one]));
  const ours = new Set(all.filter((one) => belongs(one, folder)).map(({ pid }) => pid));
  let before = -1;
  while (before !== ours.size) {
    before = ours.size;
    for (const { pid, parent } of all) if (ours.has(parent)) ours.add(pid);
  }
  return all
    .filter(({ pid }) => ours.has(pid) && pid !== process.pid)
    .map((one) => (isBeingMade(one, byPid.get(one.parent)) ? { ...one, role: undefined } : one));
}

/** A process that was forked a moment ago still has the words of its parent, and is to become something else. */
function isBeingMade({ words }: Member, parent: Member | undefined): boolean {
  return parent !== undefined && words.length > 0 && words.join('\0') === parent.words.join('\0');
}

function belongs({ pid, words, cwd }: Member, folder: string): boolean {
  if (pid === process.pid) return false;
  const inside = cwd === folder || cwd.startsWith(`${folder}/`);
  return (
    inside || words.some((word) => word.includes(folder)) || environmentOf(pid).some((one) => one.includes(folder))
  );
}

function memberOf(pid: number, parent: number, startTime: string): Member {
  const words = (readProcFile(`/proc/${pid}/cmdline`, 'latin1') ?? '').split('\0').slice(0, -1);
  return { pid, parent, startTime, words, cwd: cwdOf(pid), role: roleOf(words) };
}

function roleOf(words: readonly string[]): string | undefined {
  if (words.includes('ralph-orphan-watcher')) return 'watcher';
  return words.slice(0, 2).flatMap((word) => PROGRAM.exec(word)?.[1] ?? [])[0];
}

function cwdOf(pid: number): string {
  return linkOf(`/proc/${pid}/cwd`);
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

/** Returns where a member stands that does not end: its threads by the place in the kernel, and what it has open. */
export function standsAt({ pid }: Member): string {
  const threads = namesIn(`/proc/${pid}/task`).map((id) => readProcFile(`/proc/${pid}/task/${id}/wchan`, 'latin1'));
  const open = namesIn(`/proc/${pid}/fd`).map((fd) => `${fd} ${linkOf(`/proc/${pid}/fd/${fd}`)}`);
  return `threads ${threads.join(' ')}; open ${open.join(', ')}`;
}

/** Returns how a member is named in a report. */
export function wordsOf({ pid, words, cwd }: Member): string {
  return `pid ${pid} (${words.join(' ').slice(0, 200)}) in ${cwd}`;
}
