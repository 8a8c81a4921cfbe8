// What ours is held against: a plain shell script for each task, so many at a time, without anything around it.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { plainEnvironment } from '../measure/generated-repository.mjs';
import { gitCalls } from './git-calls.mjs';
import { Family } from './processes.mjs';
import { timedTree } from './timed-tree.mjs';

const script = fileURLToPath(new URL('land.sh', import.meta.url));
const move = fileURLToPath(new URL('move.awk', import.meta.url));

/** Who starts the script, so many at a time. */
const STARTERS = {
  xargs: (workers) => ['xargs', '-P', String(workers), '-n', '1', 'sh', script],
  parallel: (workers) => ['parallel', '--will-cite', '-j', String(workers), 'sh', script],
};

/** Tells whether GNU parallel is there; another program has the same name. */
export function hasParallel() {
  const { stdout } = spawnSync('parallel', ['--version'], { encoding: 'utf8' });
  return stdout?.startsWith('GNU parallel') === true;
}

/**
 * Runs until the queue is empty.
 *
 * @param {import('./site.mjs').Site} site
 * @param {{ workers: number, gate?: string, starter?: 'xargs' | 'parallel', traced?: boolean }} how
 * @returns what it took in milliseconds, and how many processes there were at most
 * @throws Error when it did not end with 0, or the work is not on the target
 */
export async function scripted(site, { workers, gate = '', starter = 'xargs', traced = false }) {
  const [space, trace] = [site.path('space'), site.path('trace')];
  mkdirSync(space);
  if (traced) writeFileSync(trace, '');
  const family = new Family();
  const { wall, cpu } = await timedTree(STARTERS[starter](workers), {
    cwd: site.root,
    env: plainEnvironment({
      BENCH_SPACE: space,
      BENCH_ROOT: site.root,
      BENCH_ORIGIN: site.path('origin.git'),
      BENCH_AGENT: site.agent,
      BENCH_GATE: gate,
      BENCH_MOVE: move,
      PARALLEL_HOME: site.path('parallel'),
      ...(traced ? { GIT_TRACE2_EVENT: trace } : {}),
    }),
    stdio: ['pipe', 'ignore', 'inherit'],
    input: `${site.ids.join('\n')}\n`,
    family,
  });
  site.requireLanded();
  return { wall, cpu, processes: family.most, git: traced ? gitCalls(readFileSync(trace, 'utf8')) : undefined };
}
