// One program from its start to its end: what it takes, as the kernel sees it from outside.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const hook = fileURLToPath(new URL('peak-hook.cjs', import.meta.url));

/**
 * Runs a program to its end and returns what it took, in milliseconds.
 *
 * @param {string} file
 * @param {string[]} args
 * @param {string} cwd
 * @throws Error when it did not end with 0: a failure is fast, and would pass for a gain
 */
export function timed(file, args, cwd) {
  const begin = process.hrtime.bigint();
  const { status, signal, error, stderr } = spawnSync(file, args, {
    cwd,
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  const end = process.hrtime.bigint();
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${status ?? signal}: ${stderr}`);
  return Number(end - begin) / 1e6;
}

/**
 * Runs a program of Node to its end and returns the most memory it had resident, in MiB.
 *
 * @param {string} file Node itself
 * @param {string[]} args
 * @param {string} cwd
 * @param {string} input what stands on its stdin
 * @throws Error when it did not end with 0
 */
export function peakOf(file, args, cwd, input = '') {
  const { status, signal, output } = spawnSync(file, ['--require', hook, ...args], {
    cwd,
    input,
    stdio: ['pipe', 'ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${status ?? signal}: ${output[2]}`);
  return Number(output[3]) / 1024;
}
