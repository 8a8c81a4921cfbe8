import { expect, it } from 'vitest';
import { testSeed } from '@ralph/protocol/testing/chance';
import { fuzzPrograms } from '@ralph/protocol/testing/fuzz/fuzz-programs';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { workerPrograms } from './programs.ts';

it(
  'ralph-worker ends with a documented status and leaves whole files, whatever it is given',
  { timeout: 3_600_000 },
  async () => {
    const repository = temporaryRepository();
    const { root, folder } = repository;
    const figures = await fuzzPrograms(workerPrograms(repository.root), { root, folder, seed: testSeed(), times: 10 });
    expect(figures.faults).toEqual([]);
    expect(figures.inputs).toBe(4000);
  },
);
