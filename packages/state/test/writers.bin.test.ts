import { expect, it } from 'vitest';
import { killStorm, writerStorm } from './support/state-storms.ts';

it('loses no update of 16 processes that write at once, and is whole at every instant', async () => {
  const { readings, ...storm } = await writerStorm(16, 40);
  expect(storm).toEqual({ refused: [], wrong: [], tasks: 640, revision: 641 });
  expect(readings).toBeGreaterThan(100);
});

it(
  'leaves the old or the new file when its writer is killed, and keeps what was answered (M19)',
  { timeout: 180_000 },
  async () => {
    expect(await killStorm(50)).toEqual({ wrong: [], beside: ['state.json', 'state.lock'] });
  },
);
