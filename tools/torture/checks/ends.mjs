// How our programs ended: they do, and say by their status and on stderr what is so.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fatesOf } from './fates.mjs';
import { findings } from './findings.mjs';

const TABLE = fileURLToPath(new URL('../../../docs/exit-status.md', import.meta.url));
const OF_A_SIGNAL = 128;
const TRACE = /^ {4}at .+:\d+:\d+\)?$|FATAL ERROR|UnhandledPromise/m;

/** Returns the programs that did not end, ended with a status that no table has, or with a trace of a bug. */
export function badEnds({ hung, ends }) {
  const documented = new Set(
    Array.from(readFileSync(TABLE, 'utf8').matchAll(/^\| (\d+) \|/gm), (row) => Number(row[1])),
  );
  const texts = ends.flatMap(({ words, status, stderr }) => [
    ...(status === null || status > OF_A_SIGNAL || documented.has(status) ? [] : [`${words} ended with ${status}`]),
    ...(TRACE.test(stderr) ? [`${words} showed a bug: ${stderr.slice(-2000)}`] : []),
  ]);
  return findings('stuck', [...hung, ...texts]);
}

/**
 * Returns what a run said of itself that is not so: a 0 although a task has failed or was blocked in it.
 *
 * @param {ReadonlyMap<string, string>} before   what had become of each task before it
 */
export function wrongStatus(world, { status }, before) {
  const bad = [...fatesOf(world)].filter(
    ([id, fate]) => fate === 'failed' || (fate === 'blocked' && before.get(id) !== 'blocked'),
  );
  return findings(
    'untrue',
    status === 0 && bad.length > 0
      ? [`a run ended with 0, but ${bad.map(([id, fate]) => `${id} is ${fate}`).join(', ')}`]
      : [],
  );
}
