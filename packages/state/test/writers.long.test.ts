import { expect, it } from 'vitest';
import { archiveStorm } from './support/archive-storm.ts';
import { killStorm, writerStorm } from './support/state-storms.ts';

it('loses none of the 6,400 updates of 64 processes, and is whole at every instant', async () => {
  const { readings, ...storm } = await writerStorm(64, 100);
  process.stdout.write(`${readings} readings\n`);
  expect(storm).toEqual({ refused: [], wrong: [], tasks: 6400, revision: 6401 });
  expect(readings).toBeGreaterThan(1000);
});

it('leaves the old or the new file when its writer is killed at 500 moments of chance (M19)', async () => {
  expect(await killStorm(500)).toEqual({ wrong: [], beside: ['state.json', 'state.lock'] });
});

it('has each task in one of the two files after archive was killed at 200 moments of chance', async () => {
  const { wrong, moments } = await archiveStorm(200);
  process.stdout.write(`killed ${JSON.stringify(moments)}\n`);
  expect(wrong).toEqual([]);
});
