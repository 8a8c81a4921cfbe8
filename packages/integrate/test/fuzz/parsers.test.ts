import { expect, it } from 'vitest';
import { testSeed } from '@ralph/protocol/testing/chance';
import { fuzzAll, sumOfInputs } from '@ralph/protocol/testing/fuzz/fuzz-target';
import { temporaryFolder } from '@ralph/protocol/testing/temporary-folder';
import { integrateTargets } from './targets.ts';

it(
  '1,700 hostile inputs are taken, or refused by a code of the table, in bounded time and memory',
  { timeout: 600_000 },
  async () => {
    const figures = await fuzzAll(integrateTargets(temporaryFolder()), { seed: testSeed() });
    expect(figures.grownMb).toBeLessThan(300);
    expect(sumOfInputs(figures)).toBe(1700);
  },
);
