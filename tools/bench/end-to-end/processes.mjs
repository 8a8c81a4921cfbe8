// What a run takes: the processes below one, and those of ours among them.
import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

const OURS = /^ralph-[a-z]+(?:\.cjs)?$/;

/** Follows the processes below one, by looking at them again and again. */
export class Family {
  /** Milliseconds on the processor by process, of ours. */
  #times = new Map();
  #names = new Map();
  /** Of ours together, at most. */
  ownMegabytes = 0;
  ownMost = 0;
  /** Of all. */
  most = 0;

  look(root) {
    const pids = below(root);
    this.most = Math.max(this.most, pids.length);
    let [memory, count] = [0, 0];
    for (const pid of pids) {
      const name = ownName(pid);
      // What is only about to become another program still has our name, once.
      const isKnown = this.#names.has(pid);
      if (name !== undefined) this.#names.set(pid, name);
      if (name === undefined || !isKnown) continue;
      const ms = timeOf(pid);
      if (ms > 0) this.#times.set(pid, ms);
      memory += this.megabytesOf(pid);
      count += 1;
    }
    this.ownMegabytes = Math.max(this.ownMegabytes, memory);
    this.ownMost = Math.max(this.ownMost, count);
  }

  /** Returns how many milliseconds each program of ours has had by itself, all its processes together. */
  times() {
    const sums = {};
    for (const [pid, ms] of this.#times) sums[this.#names.get(pid)] = (sums[this.#names.get(pid)] ?? 0) + ms;
    return sums;
  }

  /** Returns what a process has in memory; 0 for one that is gone. */
  megabytesOf(pid) {
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(text(`/proc/${pid}/status`))?.[1] ?? 0) / 1024;
  }
}

/** Returns how long a process was on the processor by the kernel's own account, in ms, without its children; 0 for one that is gone. */
export function timeOf(pid) {
  const threads = `/proc/${pid}/task`;
  const ran = (thread) => Number(text(`${threads}/${thread}/schedstat`).split(' ')[0]);
  return names(threads).reduce((sum, thread) => sum + ran(thread), 0) / 1e6;
}

/** Returns the pids of all processes below one. */
export function below(root) {
  const all = childrenOf(root);
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
