import { expect, it } from 'vitest';
import { killStorm } from './support/kill-storm.ts';

it('leaves no agent and loses no work at 20 moments of chance at which worker, parent and watcher are killed', async () => {
  const { wrong, kept } = await killStorm(20);
  expect(wrong).toEqual([]);
  expect(kept).toBeGreaterThan(10);
});
