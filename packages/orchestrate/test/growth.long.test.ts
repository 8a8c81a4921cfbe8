import { expect, it } from 'vitest';
import { figuresText } from './growth/figures.ts';
import { runAndSample } from './growth/growth-run.ts';
import { growthSite, landedTasks } from './growth/growth-site.ts';
import { judgeRun, slowdown } from './growth/judge-run.ts';

const TASKS = Number(process.env['RALPH_GROWTH_TASKS'] ?? 2000);

/** With four at a time, 2,000 tasks take some twenty-five minutes then. */
const AGENT_SECONDS = process.env['RALPH_GROWTH_SECONDS'] ?? '2.2';

/** A long run, and what a user does over weeks: short ones after it. The last one takes what is left. */
const RUNS = [0.75, 0.05, 0.05, 0.05, 0.05].map((part) => Math.round(part * TASKS));

/** Whatever reads or writes all of a file for each task makes it a little slower; twice as slow would be a square. */
const SLOWER = 2;

/** On a machine that has other things to do; in milliseconds. */
const LIMIT_MS = 3 * 3_600_000;

it(
  `over ${TASKS} tasks in ${RUNS.length + 1} runs nothing grows but what is documented`,
  async () => {
    const site = growthSite(TASKS, AGENT_SECONDS);
    const { samples, statuses } = await runAndSample(site, {
      runs: [...RUNS, 0],
      every: Math.max(1, Math.round(TASKS / 100)),
    });
    const rows = judgeRun(samples);
    const slower = slowdown(samples);
    process.stdout.write(figuresText(rows, slower));
    expect(rows.length).toBeGreaterThan(30);
    expect(rows.filter(({ holds }) => !holds)).toEqual([]);
    expect(slower?.processor).toBeLessThan(SLOWER);
    expect(landedTasks(site).toSorted()).toEqual(site.landing);
    expect(statuses.filter((status) => status !== 0 && status !== 2)).toEqual([]);
  },
  LIMIT_MS,
);
