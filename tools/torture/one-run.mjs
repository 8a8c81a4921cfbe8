// One run of ralph-orchestrate in a world, as a process of its own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { membersOf, send, wordsOf } from './look/processes.mjs';
import { agentWords } from './world/make-world.mjs';
import { comesTrue } from './wait.mjs';

const PROGRAMS = fileURLToPath(new URL('../../packages', import.meta.url));

/** A run that goes on for longer than this hangs: nothing in a world takes a tenth of it. */
const PATIENCE_MS = 240_000;

/**
 * @typedef {object} Run
 * @property {number} pid
 * @property {string} words   how it was called
 * @property {Promise<{ status: number | null, signal: string | null, stdout: string, stderr: string }>} ended
 * @property {() => boolean} hasEnded
 * @property {() => object[]} events   what was told so far, whole lines
 * @property {() => string} told       the same as text
 * @property {import('node:child_process').ChildProcess} child
 */

/** Returns what starts one of our programs. */
export function programWords(name) {
  return [process.execPath, `${PROGRAMS}/${name.replace('ralph-', '')}/bin/${name}.cjs`];
}

/**
 * Starts one of our programs in the folder of the user, in a session of its own: what interrupts us is not for it.
 *
 * @returns {Run}
 */
export function startProgram(world, name, args, { env = {}, cwd = world.root } = {}) {
  const [node, script] = programWords(name);
  const child = spawn(node, [script, ...args], {
    cwd,
    env: { ...world.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let [stdout, stderr, isOver] = ['', '', false];
  const words = [name, ...args].join(' ');
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  // Whoever reads may go away, and what is left of the family may hold the other end: the exit is what counts.
  const ended = once(child, 'exit').then(async ([status, signal]) => {
    await comesTrue(() => child.stdout.closed && child.stderr.closed, 500);
    isOver = true;
    world.ends.push({ words, status, signal, stdout, stderr });
    return { status, signal, stdout, stderr };
  });
  const told = () => stdout;
  return { pid: child.pid, words, child, ended, hasEnded: () => isOver, told, events: () => recordsOf(stdout) };
}

/** Starts ralph-orchestrate with the options of the world. */
export function startRun(world, { args = [], env = {}, cwd = world.root } = {}) {
  return startProgram(world, 'ralph-orchestrate', [...world.args, ...args, ...agentWords(world)], { env, cwd });
}

/**
 * Waits for the end of a run. Where it does not come, the world notes what lived then, and all of that is killed.
 *
 * @returns {Promise<{ status: number | null, signal: string | null, stdout: string, stderr: string }>}
 */
export async function endOf(world, run) {
  if (!(await comesTrue(() => run.hasEnded(), PATIENCE_MS, world.signal))) {
    const members = membersOf(world.folder);
    if (!world.signal.aborted) world.hung.push(`${run.words} does not end: ${members.map(wordsOf).join('; ')}`);
    for (const { pid } of members) send(pid, 'SIGKILL');
  }
  return run.ended;
}

/** Runs one of our programs to its end. */
export async function callProgram(world, name, args) {
  return endOf(world, startProgram(world, name, args));
}

/** Returns the records of a stream, whole lines only; what is no record is none. */
export function recordsOf(text) {
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .flatMap((line) => {
      try {
        return line === '' ? [] : [JSON.parse(line)];
      } catch {
        return [];
      }
    });
}
