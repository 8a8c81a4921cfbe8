import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { simulate, type World } from './train-world.ts';
import { LANDINGS } from '../src/train/line.ts';

const RUNS = Number(process.env['RALPH_TEST_RUNS'] ?? 400);

const candidate = fc.record({
  red: fc.boolean(),
  /** Numbers of the candidates with which it is in conflict once they have landed. */
  conflicts: fc.array(fc.nat(11), { maxLength: 2 }),
  mends: fc.nat(3),
});

const world: fc.Arbitrary<World> = fc.record({
  candidates: fc.array(candidate, { minLength: 1, maxLength: 12 }),
  jobs: fc.integer({ min: 1, max: 6 }),
  landing: fc.constantFrom(...LANDINGS),
  /** What comes next among all that could. */
  choices: fc.array(fc.nat(1000), { minLength: 30, maxLength: 300 }),
  foreignPushes: fc.nat(4),
  refusedTogether: fc.nat(3),
  breaks: fc.nat(4),
});

describe('the merge train, whatever comes in whatever order', () => {
  it('keeps the order, loses no candidate, pushes no untested tree, and ends', () => {
    fc.assert(
      fc.property(world, (given) => {
        const { faults } = simulate(given);
        expect(faults).toEqual([]);
      }),
      { numRuns: RUNS, seed: Number(process.env['RALPH_TEST_SEED'] ?? 7), verbose: 1 },
    );
  });
});
