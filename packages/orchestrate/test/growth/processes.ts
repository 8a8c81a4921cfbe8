import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';

/** What one long-lived process of ours holds at a moment. */
export interface ProcessFigures {
  readonly pid: number;
  /** `ralph-state apply`, `orphan watcher`, …: in a run one process has it, or a few. */
  readonly name: string;
  readonly rssKb: number;
  readonly descriptors: number;
  readonly threads: number;
  /** What it has had of the processor so far, in clock ticks. */
  readonly ticks: number;
}

/** Returns the processes of ours at or below one, as the kernel shows them; git, agents and gates are not among them. */
export function ourProcesses(root: number): ProcessFigures[] {
  return family(root).flatMap((pid) => figuresOf(pid) ?? []);
}

/** Returns the pids of a process and of all below it. */
export function family(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of entries('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const parent = /\) . (\d+) /.exec(text(`/proc/${name}/stat`))?.[1];
    if (parent !== undefined) children.set(Number(parent), [...(children.get(Number(parent)) ?? []), Number(name)]);
  }
  const all = [root];
  for (const pid of all) all.push(...(children.get(pid) ?? []));
  return all;
}

/** Returns the pids of all that has to do with a folder: it runs there, names it, has it in its environment or a file of it open. */
export function processesAt(folder: string): number[] {
  const names = entries('/proc').filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid);
  return names.filter((name) => isAt(`/proc/${name}`, folder)).map(Number);
}

function isAt(place: string, folder: string): boolean {
  const words = ['cmdline', 'environ'].map((name) => text(join(place, name)));
  const links = [join(place, 'cwd'), ...entries(join(place, 'fd')).map((name) => join(place, 'fd', name))];
  return [...words, ...links.map(target)].some((one) => one.includes(folder));
}

function figuresOf(pid: number): ProcessFigures | undefined {
  const name = ownName(text(`/proc/${pid}/cmdline`).split('\0'));
  const status = text(`/proc/${pid}/status`);
  const field = (key: string) => Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? Number.NaN);
  const rssKb = field('VmRSS');
  const ticks = ticksOf(pid);
  if (name === undefined || Number.isNaN(rssKb + ticks)) return undefined;
  return { pid, name, rssKb, descriptors: entries(`/proc/${pid}/fd`).length, threads: field('Threads'), ticks };
}

/** Those of children that have ended are not in it. */
function ticksOf(pid: number): number {
  const fields = text(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ') ?? [];
  return Number(fields[11]) + Number(fields[12]);
}

/** Nothing for a program that is not ours. */
function ownName(words: readonly string[]): string | undefined {
  const [program = '', script = '', ...rest] = words;
  const of = basename(program);
  if (of === 'node' && /^ralph-[a-z]+(?:\.cjs)?$/.test(basename(script)))
    return `${basename(script, '.cjs')} ${rest[0] ?? ''}`.trimEnd();
  if (of === 'sh' && script === '-s') return 'shell of git';
  if (of === 'sh' && words[3] === 'ralph-orphan-watcher') return 'orphan watcher';
  return of === 'perl' ? 'lock servant' : undefined;
}

function entries(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function target(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return '';
  }
}

/** A process may end between two looks. */
function text(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
