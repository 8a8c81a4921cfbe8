import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { RALPH_PATHS } from '../../src/contract/paths.ts';
import { testSeed } from '../../src/testing/chance.ts';
import { fuzzAll, sumOfInputs } from '../../src/testing/fuzz/fuzz-target.ts';
import { temporaryFolder } from '../../src/testing/temporary-folder.ts';
import { protocolTargets } from './targets.ts';

it(
  '92,000 hostile inputs are taken, or refused by a code of the table, in bounded time and memory',
  { timeout: 3_600_000 },
  async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, RALPH_PATHS.agents), { recursive: true });
    const figures = await fuzzAll(protocolTargets(folder), { seed: testSeed(), times: 10 });
    expect(figures.grownMb).toBeLessThan(300);
    expect(sumOfInputs(figures)).toBe(92_000);
  },
);
