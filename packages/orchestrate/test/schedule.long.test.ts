import fc from 'fast-check';
import { expect, it } from 'vitest';
import { simulate } from './run-world.ts';
import { WORLDS } from './run-worlds.ts';

it('for any of many courses of a run: places are kept, nothing is at work twice, nothing is forgotten', () => {
  const property = fc.property(WORLDS, (world) => {
    expect(simulate(world).faults).toEqual([]);
  });
  expect(() => fc.assert(property, { numRuns: 3000 })).not.toThrow();
});
