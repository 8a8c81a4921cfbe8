import { expect, it } from 'vitest';
import { incrementStorm, killingStorm, lookingStorm, readingStorm } from './storms.ts';

const LIMIT = { timeout: 240_000 };

it('counts to 100 when ten processes add ten times each under run --wait', LIMIT, async () => {
  expect(await incrementStorm(10, 10)).toEqual([100, []]);
});

it('turns nobody away in 50 cycles while four processes call status in a tight loop', LIMIT, async () => {
  expect(await lookingStorm(50)).toEqual({ takers: [[0, 50]], lookers: [0, 0, 0, 0] });
});

it('is free for the next taker after each of 20 kills at moments of chance', LIMIT, async () => {
  expect(await killingStorm(20)).toEqual({ troubles: [], folder: ['loop.lock'] });
});

it('shows only whole records of real holders to four readers in 200 cycles', LIMIT, async () => {
  const { readings, changing, wrong } = await readingStorm(200);
  process.stdout.write(`${readings} readings, ${changing} of them while the file was changing\n`);
  expect([wrong, readings > 200]).toEqual([[], true]);
});
