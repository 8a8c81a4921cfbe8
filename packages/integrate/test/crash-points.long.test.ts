import { expect, it } from 'vitest';
import { crashStorm } from './crash/crash-storm.ts';
import { chosenOf, type Point } from './crash/points.ts';

const PARTS = 4;

it.each([0, 1, 2, 3])(
  'killed ten times at every point, and again on the retry: the work is on the target exactly once (part %i)',
  async (part) => {
    const storm = crashStorm(10, ['T-1'], (points) => points.filter((_, index) => index % PARTS === part));
    const { wrong, ...figures } = await storm;
    process.stdout.write(`${JSON.stringify(figures)}\n`);
    expect(wrong).toEqual([]);
    expect(figures.kills).toBeGreaterThan(figures.cases);
  },
);

it('killed ten times at every fetch, where workspaces borrow no objects: the work is on the target exactly once', async () => {
  const fetches = (points: readonly Point[]) => points.filter(({ step }) => step === 'git fetch');
  const { wrong, ...figures } = await crashStorm(10, ['T-1'], fetches, true);
  process.stdout.write(`${JSON.stringify(figures)}\n`);
  expect(wrong).toEqual([]);
  expect(figures.kills).toBeGreaterThan(figures.cases);
});

it('killed around every kind of change of a train of three, and again on the retry: all are there exactly once', async () => {
  const { wrong, ...figures } = await crashStorm(10, ['T-1', 'T-2', 'T-3'], chosenOf);
  process.stdout.write(`${JSON.stringify(figures)}\n`);
  expect(wrong).toEqual([]);
  expect(figures.kills).toBeGreaterThan(figures.cases);
});
