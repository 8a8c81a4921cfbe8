import { expect, it } from 'vitest';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { ATTEMPT, flood, honestWork, leftProcesses, UNDISTURBED } from './hostile-run.ts';

it('a hostile agent that floods 2 GB of output takes none of our memory, and disturbs nobody', async () => {
  const repo = temporaryRepository();
  const { run, peak } = await flood(repo, 2_000_000_000);
  expect(peak).toBeLessThan(150);
  expect(run.status).toBe(0);
  await expect.poll(() => leftProcesses(repo)).toEqual([]);
  expect(repo.git('show', `${ATTEMPT}:done.txt`)).toBe('done');
  expect(honestWork(repo, run)).toEqual(UNDISTURBED);
});
