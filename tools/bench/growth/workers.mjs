// Agents side by side: what a task costs, and what our processes take while so many agents are at work.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seriesOf } from '../book/series.mjs';
import { memoryOf } from '../measure/process-account.mjs';
import { turns } from '../measure/turns.mjs';
import { reaped } from '../measure/workspace-times.mjs';
import { orchestrated } from '../end-to-end/ours.mjs';
import { scripted } from '../end-to-end/script.mjs';
import { onSite } from '../end-to-end/site.mjs';
import { watchedRun } from './watched-run.mjs';

const SETTLE_MS = 100;
const of = 'agents';
/** For each agent that is at work. */
const MEGABYTES_EACH = 1;

/** Yields the series of agents side by side. */
export async function* workers({ sizes, rounds, least }) {
  const points = [];
  for (const size of sizes) points.push({ size, ...(await measured(size, rounds, least)) });
  const series = (name, unit, against, ours, theirs, more) =>
    seriesOf({
      name,
      of,
      unit,
      against,
      points: points.map((point) => ({ size: point.size, ours: point[ours], theirs: point[theirs] })),
      ...(more === undefined ? {} : { more }),
    });
  const further = sizes.at(-1) - sizes[0];
  yield series('time for a task', 'ms', 'xargs -P with a shell script', 'wall', 'script');
  yield series('our CPU for a task', 'ms', 'its time by xargs', 'cpu', 'script');
  yield series(
    'memory of our processes',
    'MB',
    'the idle agents themselves',
    'memory',
    'agents',
    MEGABYTES_EACH * further,
  );
  yield series('processes of ours', 'processes', 'the agents', 'processes', 'count', 0);
}

async function measured(size, rounds, least) {
  const tasks = Math.max(least, 2 * size);
  const cpu = [];
  const seen = await turns(
    {
      wall: () =>
        onSite(tasks, async (site) => {
          const one = await orchestrated(site, { workers: size });
          cpu.push(one.cpu / tasks);
          return one.wall / tasks;
        }),
      script: () => onSite(tasks, async (site) => (await scripted(site, { workers: size })).wall / tasks),
    },
    { rounds },
  );
  const idle = { memory: [], processes: [] };
  for (let round = 0; round < rounds; round += 1) {
    const { megabytes, processes } = await onSite(size, (site) => idling(site, size));
    idle.memory.push(megabytes);
    idle.processes.push(processes);
  }
  const agent = await idleAgent();
  const each = (value) => idle.memory.map(() => value);
  return { ...seen, cpu, ...idle, agents: each(size * agent), count: each(size) };
}

async function idling(site, size) {
  const agent = join(site.root, '../idle-agent');
  writeFileSync(agent, '#!/bin/sh\nexec sleep 1000\n', { mode: 0o755 });
  const seen = await watchedRun(site.root, ['--workers', String(size), '--', agent], size);
  await reaped(site.root);
  return seen;
}

/** Returns the memory of what such an agent is, in MB, once it does nothing any more. */
async function idleAgent() {
  const child = spawn('sleep', ['1000'], { stdio: 'ignore' });
  let [before, megabytes] = [-1, memoryOf(child.pid, 'VmRSS')];
  while (megabytes !== before) {
    await new Promise((done) => setTimeout(done, SETTLE_MS));
    [before, megabytes] = [megabytes, memoryOf(child.pid, 'VmRSS')];
  }
  child.kill('SIGKILL');
  return megabytes;
}
