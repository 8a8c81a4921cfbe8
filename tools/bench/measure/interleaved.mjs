// Times two sides in turn, so that what else the machine does falls on both.
import { spawnSync } from 'node:child_process';

const WARM_UP = 3;

/**
 * @typedef {object} Comparison
 * @property {number} median the ratio in the middle
 * @property {number} low the first quartile
 * @property {number} high the third quartile
 * @property {number} ms the time of the first side in the middle, in milliseconds
 */

/**
 * Runs both sides in turn and compares their times.
 *
 * @param {() => number} ours returns what one run took, in milliseconds
 * @param {() => number} theirs the same for what ours is held against
 * @returns {Comparison}
 */
export function compare(ours, theirs, rounds) {
  const ratios = [];
  const times = [];
  for (let round = -WARM_UP; round < rounds; round += 1) {
    // Whoever comes second finds the caches warmer: each side does so every other time.
    const theirsFirst = round % 2 === 0 ? theirs() : undefined;
    const mine = ours();
    const other = theirsFirst ?? theirs();
    if (round < 0) continue;
    ratios.push(mine / other);
    times.push(mine);
  }
  const at = (values, share) => values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * share)];
  return { median: at(ratios, 0.5), low: at(ratios, 0.25), high: at(ratios, 0.75), ms: at(times, 0.5) };
}

/**
 * Runs a program to its end and returns what it took, in milliseconds.
 *
 * @throws Error when it did not end with 0: a failure is fast, and would pass for a gain
 */
export function timed(file, args) {
  const begin = process.hrtime.bigint();
  const { status, error, stderr } = spawnSync(file, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    env: plainEnvironment(),
  });
  const end = process.hrtime.bigint();
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${status}: ${stderr}`);
  return Number(end - begin) / 1e6;
}

/** These slow every Node down alike, and would make us look better than we are. */
function plainEnvironment() {
  const env = { ...process.env };
  for (const name of ['NODE_EXTRA_CA_CERTS', 'NODE_OPTIONS']) delete env[name];
  return env;
}
