// Runs a program to its end and tells what it and all that it has waited for took of the processor.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const LOOK_MS = 100;

/** The shell says at its end what its children have had, in their own programs and in the kernel. */
const SHELL = '"$@"; status=$?; times >&9; exit $status';

/**
 * Runs a command.
 *
 * @param {string[]} command
 * @param {{ cwd: string, env: object, stdio: any[], family: import('./processes.mjs').Family, input?: string }} how `family` is
 *   looked at as long as it runs
 * @returns {Promise<{ wall: number, cpu: number }>} milliseconds
 * @throws Error when it did not end with 0
 */
export async function timedTree(command, { cwd, env, stdio, family, input }) {
  const begin = performance.now();
  const unused = Array.from({ length: 6 }, () => 'ignore');
  const child = spawn('sh', ['-c', SHELL, 'sh', ...command], { cwd, env, stdio: [...stdio, ...unused, 'pipe'] });
  if (input !== undefined) child.stdin.end(input);
  let told = '';
  child.stdio[9].setEncoding('utf8').on('data', (text) => (told += text));
  const timer = setInterval(() => family.look(child.pid), LOOK_MS);
  const [status, signal] = await once(child, 'close');
  clearInterval(timer);
  const wall = performance.now() - begin;
  if (status !== 0) throw new Error(`${command.slice(0, 3).join(' ')} ended with ${status ?? signal}`);
  return { wall, cpu: milliseconds(told) };
}

/** The second line is that of the children: `1m2.5s 0m0.25s`. */
function milliseconds(told) {
  const parts = [...(told.split('\n')[1] ?? '').matchAll(/(\d+)m([\d.]+)s/g)];
  if (parts.length !== 2) throw new Error(`no times of the processor: ${told}`);
  return parts.reduce((sum, [, minutes, seconds]) => sum + (Number(minutes) * 60 + Number(seconds)) * 1000, 0);
}
