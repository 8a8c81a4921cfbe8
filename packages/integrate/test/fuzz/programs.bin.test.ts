import { expect, it } from 'vitest';
import { testSeed } from '@ralph/protocol/testing/chance';
import { fuzzPrograms } from '@ralph/protocol/testing/fuzz/fuzz-programs';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { integratePrograms } from './programs.ts';

it(
  'ralph-integrate ends with a documented status and leaves whole files, whatever it is given',
  { timeout: 3_600_000 },
  async () => {
    const repository = temporaryRepository();
    const { root, folder } = repository;
    const figures = await fuzzPrograms(integratePrograms(), { root, folder, seed: testSeed() });
    expect(figures.faults).toEqual([]);
    expect(figures.inputs).toBe(300);
  },
);
