// What a run of ralph-orchestrate takes: its own process and those it has started, without git, agents and gates.
import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

const TICKS_PER_SECOND = 100;
const OURS = /^ralph-[a-z]+(?:\.cjs)?$/;

/** Follows the processes of ours below one, by looking at them again and again. */
export class OurProcesses {
  #root;
  /** Milliseconds on the processor by process. */
  #times = new Map();
  #names = new Map();
  peakMegabytes = 0;
  most = 0;

  constructor(pid) {
    this.#root = pid;
  }

  look() {
    let [memory, count] = [0, 0];
    for (const pid of family(this.#root)) {
      const name = ownName(pid);
      // What is only about to become another program still has our name, once.
      const isKnown = this.#names.has(pid);
      if (name !== undefined) this.#names.set(pid, name);
      const seen = name === undefined || !isKnown ? undefined : usage(pid);
      if (seen === undefined) continue;
      this.#times.set(pid, seen.ms);
      memory += seen.megabytes;
      count += 1;
    }
    this.peakMegabytes = Math.max(this.peakMegabytes, memory);
    this.most = Math.max(this.most, count);
  }

  /** Returns how many milliseconds each program has had by itself, all its processes together. */
  times() {
    const sums = {};
    for (const [pid, ms] of this.#times) sums[this.#names.get(pid)] = (sums[this.#names.get(pid)] ?? 0) + ms;
    return sums;
  }
}

/** Returns the pids of a process and all below it. */
function family(pid) {
  const all = [pid];
  for (let index = 0; index < all.length; index += 1) all.push(...childrenOf(all[index]));
  return all;
}

function childrenOf(pid) {
  const path = `/proc/${pid}/task`;
  return names(path).flatMap((thread) => text(`${path}/${thread}/children`).split(' ').filter(Boolean).map(Number));
}

function ownName(pid) {
  const [program = '', script = ''] = text(`/proc/${pid}/cmdline`).split('\0');
  if (basename(program) !== 'node' || !OURS.test(basename(script))) return undefined;
  return basename(script, '.cjs');
}

/** The times of children that have ended are not in it. */
function usage(pid) {
  const stat = text(`/proc/${pid}/stat`);
  const rss = /^VmRSS:\s+(\d+) kB$/m.exec(text(`/proc/${pid}/status`))?.[1];
  if (rss === undefined) return undefined;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { ms: ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND, megabytes: Number(rss) / 1024 };
}

function names(path) {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

/** A process may end between two looks. */
function text(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
