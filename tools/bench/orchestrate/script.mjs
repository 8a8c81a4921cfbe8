// What ours is held against: a plain shell script for each task, so many at a time, without anything around it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { plainEnvironment } from '../measure/generated-repository.mjs';

const script = fileURLToPath(new URL('land.sh', import.meta.url));
const move = fileURLToPath(new URL('move.awk', import.meta.url));

/**
 * Runs until the queue is empty; returns the wall time in milliseconds.
 *
 * @param {import('./site.mjs').Site} site
 * @throws Error when it did not end with 0, or the work is not on the target
 */
export async function scripted(site, { workers, gate = '' }) {
  const space = site.path('space');
  mkdirSync(space);
  const begin = performance.now();
  const child = spawn('xargs', ['-P', String(workers), '-n', '1', 'sh', script], {
    cwd: site.root,
    env: plainEnvironment({
      BENCH_SPACE: space,
      BENCH_ROOT: site.root,
      BENCH_ORIGIN: site.path('origin.git'),
      BENCH_AGENT: site.agent,
      BENCH_GATE: gate,
      BENCH_MOVE: move,
    }),
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  child.stdin.end(`${site.ids.join('\n')}\n`);
  const [status] = await once(child, 'exit');
  const wall = performance.now() - begin;
  if (status !== 0) throw new Error(`xargs ended with ${status}`);
  site.requireLanded();
  return wall;
}
