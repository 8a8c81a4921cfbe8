import { expect, it } from 'vitest';
import { testSeed } from '@ralph/protocol/testing/chance';
import { fuzzAll, sumOfInputs } from '@ralph/protocol/testing/fuzz/fuzz-target';
import { temporaryFolder } from '@ralph/protocol/testing/temporary-folder';
import { workerTargets } from './targets.ts';

it(
  '24,000 hostile inputs are taken, or refused by a code of the table, in bounded time and memory',
  { timeout: 3_600_000 },
  async () => {
    const figures = await fuzzAll(workerTargets(temporaryFolder()), { seed: testSeed(), times: 10 });
    expect(figures.grownMb).toBeLessThan(300);
    expect(sumOfInputs(figures)).toBe(24_000);
  },
);
