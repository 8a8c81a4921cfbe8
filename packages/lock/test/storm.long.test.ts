import { expect, it } from 'vitest';
import { incrementStorm, killingStorm, lookingStorm, readingStorm } from './storms.ts';

it('counts to 1000 when fifty processes add twenty times each under run --wait', async () => {
  expect(await incrementStorm(50, 20)).toEqual([1000, []]);
});

it('turns nobody away in 500 cycles while four processes call status in a tight loop', async () => {
  expect(await lookingStorm(500)).toEqual({ takers: [[0, 500]], lookers: [0, 0, 0, 0] });
});

it('is free for the next taker after each of 200 kills at moments of chance', async () => {
  expect(await killingStorm(200)).toEqual({ troubles: [], folder: ['loop.lock'] });
});

it('shows only whole records of real holders to four readers in 2000 cycles', async () => {
  const { readings, changing, wrong } = await readingStorm(2000);
  process.stdout.write(`${readings} readings, ${changing} of them while the file was changing\n`);
  expect([wrong, readings > 2000]).toEqual([[], true]);
});
