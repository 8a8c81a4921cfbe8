// The processes of a world, as /proc has them.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';

const PROGRAM = /\/bin\/(ralph-(?:lock|state|worker|integrate|orchestrate))(?:\.cjs)?$/;

/**
 * @typedef {object} Member
 * @property {number} pid
 * @property {number} parent
 * @property {string | undefined} role   'ralph-…', 'watcher', 'agent', 'gate', 'git', 'pump', or nothing that is known
 * @property {string[]} words
 * @property {string} cwd
 */

/**
 * Returns the living processes that belong to a folder: by environment, arguments, current folder or descent.
 *
 * @returns {Member[]}
 */
export function membersOf(folder) {
  const all = pids().flatMap(processOf);
  const byPid = new Map(all.map((one) => [one.pid, one]));
  const ours = new Set(all.filter((one) => belongs(one, folder)).map(({ pid }) => pid));
  for (let before = -1; before !== ours.size;) {
    before = ours.size;
    for (const { pid, parent } of all) if (ours.has(parent)) ours.add(pid);
  }
  ours.delete(process.pid);
  return all.filter(({ pid }) => ours.has(pid)).map((one) => ({ ...one, role: roleOf(one, byPid.get(one.parent)) }));
}

/** Signals a process; returns whether it was there. */
export function send(pid, signal) {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** Returns how a process is named in a report. */
export function wordsOf({ pid, words, cwd }) {
  return `pid ${pid} (${words.join(' ').slice(0, 200)}) in ${cwd}`;
}

function pids() {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function processOf(pid) {
  const stat = read(`/proc/${pid}/stat`);
  const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (stat === '' || state === 'Z' || state === 'X') return [];
  const words = read(`/proc/${pid}/cmdline`).split('\0').slice(0, -1);
  return [{ pid, parent: Number(parent), words, cwd: cwdOf(pid) }];
}

function belongs({ pid, words, cwd }, folder) {
  if (pid === process.pid) return false;
  const inside = cwd === folder || cwd.startsWith(`${folder}/`);
  return inside || words.some((word) => word.includes(folder)) || read(`/proc/${pid}/environ`).includes(folder);
}

function roleOf({ words }, parent) {
  // What was forked a moment ago still has the words of its parent, and is to become something else.
  if (parent !== undefined && words.length > 0 && words.join('\0') === parent.words.join('\0')) return undefined;
  if (words.includes('ralph-orphan-watcher')) return 'watcher';
  if (words.includes('torture-pump')) return 'pump';
  const program = words.slice(0, 2).flatMap((word) => PROGRAM.exec(word)?.[1] ?? [])[0];
  if (program !== undefined) return program;
  const names = words.slice(0, 2).map((word) => basename(word));
  return ['git', 'agent', 'gate'].find((name) => names[0] === name || (names[0] === 'sh' && names[1] === name));
}

function cwdOf(pid) {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '';
  }
}

/** A process may end between two looks. */
function read(path) {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
