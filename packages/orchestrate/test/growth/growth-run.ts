import { createInterface } from 'node:readline';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { once } from 'node:events';
import { startProgram } from '@ralph/protocol/testing/run-built-program';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { HEAP_TELLER, heapsOf } from './heap-look.ts';
import type { GrowthSite } from './growth-site.ts';
import { leavingsOf } from './leavings.ts';
import { ourProcesses, processesAt } from './processes.ts';
import type { Sample } from './sample.ts';

export interface RunPlan {
  /** How many tasks each run takes, one run after the other; 0 is what is left. */
  readonly runs: readonly number[];
  /** How many samples are taken of each run, evenly over its tasks. */
  readonly every: number;
}

export interface RunsSeen {
  readonly samples: readonly Sample[];
  readonly statuses: readonly (number | null)[];
}

/**
 * Runs `ralph-orchestrate run` again and again, and looks at it from outside each time so many tasks have ended.
 *
 * @throws Error when a process is left running after a run
 */
export async function runAndSample(site: GrowthSite, { runs, every }: RunPlan): Promise<RunsSeen> {
  const samples: Sample[] = [];
  const statuses: (number | null)[] = [];
  const begin = performance.now();
  let ended = 0;
  for (const [run, most] of runs.entries()) {
    const child = start(site, most);
    const exit = once(child, 'close');
    const root = child.pid ?? 0;
    for await (const line of createInterface({ input: child.stdout })) {
      if (!/"type":"task\.(?:completed|failed)"/.test(line)) continue;
      ended += 1;
      if (ended % every === 0) samples.push(await look(site, { root, ended, run, at: performance.now() - begin }));
    }
    const [status] = (await exit) as [number | null];
    statuses.push(status);
    await waitUntil('the last process of the run has ended', () => processesAt(site.repository.folder).length === 0);
  }
  return { samples, statuses };
}

async function look(site: GrowthSite, at: { root: number; ended: number; run: number; at: number }): Promise<Sample> {
  const { root, ...when } = at;
  const heaps = await heapsOf(
    site.heaps,
    ourProcesses(root).map(({ pid }) => pid),
  );
  const processes = ourProcesses(root).map((one) => ({ ...one, heapBytes: heaps.get(one.pid) }));
  return { ...when, processes, leavings: leavingsOf(site) };
}

function start(site: GrowthSite, most: number): ReturnType<typeof startProgram> {
  const limit = most === 0 ? [] : ['--max-tasks', String(most)];
  const how = ['--workers', '4', '--ci', 'test -f README.md', '--format', 'ndjson', '--stop-after-failures', '0'];
  const child = startProgram('ralph-orchestrate', ['run', ...how, ...limit, '--', site.agent], {
    cwd: site.root,
    env: {
      TMPDIR: site.temporary,
      RALPH_GROWTH_FOLDER: site.heaps,
      NODE_OPTIONS: `--require ${HEAP_TELLER}`,
    },
  });
  child.stdin.end();
  child.stderr.on('data', (words: Buffer) => appendFileSync(join(site.repository.folder, 'errors'), words));
  return child;
}
