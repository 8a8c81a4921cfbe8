import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { FIGURES, PAGE, scaleOf } from '../bench/scale/page.mjs';
import { Clock } from '../bench/scale/simulation/clock.mjs';
import { simulate, together } from '../bench/scale/simulation/simulate.mjs';
import { trainCore } from '../bench/scale/simulation/train-core.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path) => readFileSync(join(root, path), 'utf8');
const costs = { start: 0.2, look: 0.02, build: 0.1, gate: 0.05, push: 0.05, peer: 0.15 };
const core = await trainCore();
const numbers = (count) => Array.from({ length: count }, (_, index) => index + 1);

describe('the clock of the simulation', () => {
  it('does what is due in the order of time and asking, and nothing that was taken back', () => {
    const clock = new Clock();
    const seen = [];
    for (const [name, at] of [
      ['c', 3],
      ['a', 1],
      ['b', 2],
      ['b again', 2],
    ])
      clock.after(at, () => seen.push(`${name} at ${clock.now}`));
    clock.after(2, () => seen.push('never'))();
    clock.run(2);
    expect(seen).toEqual(['a at 1', 'b at 2', 'b again at 2']);
    clock.run();
    expect(seen.at(-1)).toBe('c at 3');
  });
});

describe('the simulated train', () => {
  // It throws by itself when something is pushed that no gate has passed.
  it.each([
    ['auto', 8],
    ['train', 3],
    ['batch', 1],
    ['serial', 1],
  ])('lands all that are green in their order (%s, %i places)', (policy, places) => {
    const asked = { policy, places, candidates: 12, gate: 1 };
    expect(together(core, costs, asked).landed).toEqual(numbers(12));
    const reds = [0, 4, 5];
    const green = numbers(12).filter((number) => !reds.includes(number - 1));
    expect(together(core, costs, { ...asked, reds }).landed).toEqual(green);
  });

  it('takes as long as arithmetic says: one gate for each at once, or one for all', () => {
    const { wall, perLanded } = together(core, costs, { policy: 'batch', places: 1, candidates: 4, gate: 0 });
    expect(wall).toBeCloseTo(0.2 + 0.02 + 4 * 0.1 + 0.05 + 0.05);
    expect(perLanded).toBe(0.25);
    expect(together(core, costs, { policy: 'loops', places: 8, candidates: 8, gate: 1 }).perLanded).toBe(36 / 8);
  });

  it.each(['auto', 'loops', 'queue'])('is the same for the same seed, and another for another (%s)', (policy) => {
    const cell = { policy, agents: 16, agent: 600, gate: 60, red: 0.1, places: 4, areas: 50, hours: 1 };
    const first = simulate(core, costs, cell);
    expect(simulate(core, costs, cell)).toEqual(first);
    expect(simulate(core, costs, { ...cell, seed: 2 })).not.toEqual(first);
  });

  it('meets more conflicts the more is in flight', () => {
    const cell = { policy: 'auto', agent: 600, gate: 60, red: 0, areas: 1000, hours: 2 };
    const [few, many] = [8, 64].map((agents) => simulate(core, costs, { ...cell, agents, places: agents }).conflicts);
    expect(many).toBeGreaterThan(2 * few);
  });
});

describe('the page', () => {
  const kept = () => JSON.parse(read(FIGURES));

  it('follows from the figures that are kept', () => {
    const files = scaleOf(kept(), read(PAGE));
    const paths = ['docs/scale/red-0.svg', 'docs/scale/red-5.svg', PAGE];
    expect(Object.fromEntries(files)).toEqual(Object.fromEntries(paths.map((path) => [path, read(path)])));
  });

  it('has a place for each table, and no other', () => {
    expect(() => scaleOf(kept(), read(PAGE).replace('scale:costs', 'scale:other'))).toThrow('block other');
    expect(() => scaleOf(kept(), '# Scale\n')).toThrow('no place for: machine, runs');
  });
});
