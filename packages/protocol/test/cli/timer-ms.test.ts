import { expect, it } from 'vitest';
import { timerMs } from '../../src/cli/timer-ms.ts';

it('keeps what a timer can hold and cuts off what would make it fire at once', () => {
  expect([0, 1500, 2 ** 31 - 1, 2 ** 31, 1e15, Number.POSITIVE_INFINITY].map(timerMs)).toEqual([
    0,
    1500,
    ...Array<number>(4).fill(2 ** 31 - 1),
  ]);
});
