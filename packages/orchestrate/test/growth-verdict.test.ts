import { describe, expect, it } from 'vitest';
import { figuresText } from './growth/figures.ts';
import { judgeRun, slowdown } from './growth/judge-run.ts';
import type { Leavings } from './growth/leavings.ts';
import type { ProcessSample, Sample } from './growth/sample.ts';
import { judgeGrowth } from './growth/verdict.ts';

const series = (value: (ended: number) => number) =>
  Array.from({ length: 100 }, (_, index) => ({ ended: (index + 1) * 20, value: value((index + 1) * 20) }));

const noise = (ended: number) => ((ended * 7919) % 97) / 97;

describe('judgeGrowth', () => {
  const limit = { more: 3, perTask: 0.001 };

  it.each([
    ['stays', () => 40],
    ['swings without growing', (ended: number) => 40 + 30 * noise(ended)],
    ['grows until it is warm, and no more', (ended: number) => 40 + Math.min(25, ended / 16)],
    ['grows by what is allowed', (ended: number) => 40 + ended * 0.0029],
    ['falls', (ended: number) => 40 - ended / 100],
    ['is high at single moments', (ended: number) => (ended % 200 === 0 ? 200 : 40)],
  ])('lets pass what %s', (_, value) => {
    expect(judgeGrowth(series(value), limit)?.holds).toBe(true);
  });

  it.each([
    ['slowly', (ended: number) => 40 + ended * 0.005],
    ['slowly below a lot of noise', (ended: number) => 40 + ended * 0.01 + 10 * noise(ended)],
    ['at the end', (ended: number) => (ended > 1500 ? 45 : 40)],
    ['by the square', (ended: number) => 40 + (ended / 500) ** 2],
  ])('finds what grows %s', (_, value) => {
    expect(judgeGrowth(series(value), limit)?.holds).toBe(false);
  });

  it('says by how much each task makes it grow', () => {
    expect(
      judgeGrowth(
        series((ended) => ended * 2),
        limit,
      )?.perTask,
    ).toBeCloseTo(2, 1);
  });

  it('says nothing of a series that is too short', () => {
    expect(judgeGrowth(series(() => 1).slice(0, 5), limit)).toBeUndefined();
  });
});

const NOTHING: Leavings = {
  agentLogs: 0,
  otherFiles: 0,
  claims: 0,
  passes: 0,
  stateBytes: 0,
  doneBytes: 0,
  eventBytes: 0,
  looseRefs: 0,
  looseObjects: 0,
  packs: 0,
  workspaces: 0,
  temporary: 0,
  controlGroups: 0,
};

const worker: ProcessSample = {
  pid: 1,
  name: 'ralph-worker run',
  rssKb: 60_000,
  descriptors: 40,
  threads: 11,
  ticks: 0,
  heapBytes: 13e6,
};

/** Two runs, the first of which is the longer one. */
function run(of: (ended: number) => { process?: Partial<ProcessSample>; leavings?: Partial<Leavings> }): Sample[] {
  return Array.from({ length: 100 }, (_, index) => {
    const ended = (index + 1) * 20;
    const { process: figures, leavings } = of(ended);
    const processes = [{ ...worker, ticks: ended, ...figures }];
    return { ended, at: ended * 600, run: index < 80 ? 0 : 1, processes, leavings: { ...NOTHING, ...leavings } };
  });
}

const grown = (samples: readonly Sample[]) => judgeRun(samples).flatMap(({ what, holds }) => (holds ? [] : [what]));

describe('judgeRun', () => {
  it('finds nothing in a run in which nothing grows', () => {
    expect(grown(run(() => ({})))).toEqual([]);
  });

  it.each([
    ['2 KB of heap a task', { heapBytes: 5000 }, 'ralph-worker run: heap MB'],
    ['40 KB of memory a task', { rssKb: 40 }, 'ralph-worker run: resident MB'],
    ['a descriptor each ten tasks', { descriptors: 0.1 }, 'ralph-worker run: descriptors'],
    ['a thread each fifty tasks', { threads: 0.02 }, 'ralph-worker run: threads'],
  ] as const)('finds %s', (_, each, what) => {
    const [[figure, by] = ['pid', 0] as const] = Object.entries(each);
    const start = worker[figure as 'rssKb'];
    expect(grown(run((ended) => ({ process: { [figure]: start + ended * by } })))).toEqual([what]);
  });

  it.each([
    ['a folder of a workspace', 'workspaces', 0.05],
    ['a file in TMPDIR', 'temporary', 0.05],
    ['a claim', 'claims', 0.05],
    ['a control group', 'controlGroups', 0.05],
    ['three refs a task', 'looseRefs', 3],
    ['twice the objects', 'looseObjects', 24],
  ] as const)('finds %s too many', (_, name, by) => {
    expect(grown(run((ended) => ({ leavings: { [name]: ended * by } })))).toEqual([name]);
  });

  it('does not take the fresh processes of a later run for those of the first', () => {
    expect(grown(run((ended) => ({ process: { rssKb: ended > 1600 ? 200_000 : 60_000 } })))).toEqual([]);
  });
});

describe('slowdown', () => {
  it('is 1 where each task costs the same', () => {
    expect(slowdown(run(() => ({})))?.processor).toBeCloseTo(1);
  });

  it('goes by those processes only that are there all the time', () => {
    const others = (ended: number) => [{ ...worker, pid: ended, ticks: 1e6 }];
    const samples = run(() => ({})).map((one) => ({ ...one, processes: [...one.processes, ...others(one.ended)] }));
    const ending = samples.map((one, index) => (index === 79 ? { ...one, processes: [] } : one));
    expect(slowdown(ending)?.processor).toBeCloseTo(1);
  });

  it('is far more where each task costs as much as all before it', () => {
    expect(slowdown(run((ended) => ({ process: { ticks: ended ** 2 } })))?.processor).toBeGreaterThan(3);
  });
});

it('the table marks what grows', () => {
  const samples = run((ended) => ({ leavings: { temporary: ended } }));
  expect(figuresText(judgeRun(samples), slowdown(samples))).toMatch(/^temporary .* 1\s+GROWS$/m);
});
