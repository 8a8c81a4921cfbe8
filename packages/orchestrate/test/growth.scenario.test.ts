import { expect, it } from 'vitest';
import { figuresText } from './growth/figures.ts';
import { runAndSample } from './growth/growth-run.ts';
import { growthSite, landedTasks } from './growth/growth-site.ts';
import { judgeRun, slowdown } from './growth/judge-run.ts';

// What is measured stands in /proc.
it.skipIf(process.platform !== 'linux')(
  'over eighty tasks nothing of a run grows but what is documented, and nothing of it is left running',
  async () => {
    const site = growthSite(80, '0.1');
    const { samples, statuses } = await runAndSample(site, { runs: [60, 0], every: 3 });
    const rows = judgeRun(samples);
    process.stdout.write(figuresText(rows, slowdown(samples)));
    expect(rows.length).toBeGreaterThan(30);
    expect(rows.filter(({ holds }) => !holds)).toEqual([]);
    expect(landedTasks(site).toSorted()).toEqual(site.landing);
    expect(statuses).toEqual([2, 2]);
  },
);
