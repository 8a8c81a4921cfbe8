import { expect, it } from 'vitest';
import { crashStorm } from './crash/crash-storm.ts';
import { chosenOf } from './crash/points.ts';

it('killed around every kind of change, and again on the retry: the work is on the target exactly once', async () => {
  const { wrong, cases, kills } = await crashStorm(1, ['T-1'], chosenOf);
  expect(wrong).toEqual([]);
  expect(kills).toBeGreaterThan(cases);
});
