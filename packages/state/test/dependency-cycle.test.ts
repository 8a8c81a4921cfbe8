import { expect, it } from 'vitest';
import { findCycles } from '../src/queue/dependency-cycle.ts';

/** Counts how often the dependencies of an id are asked for. */
class CountingMap extends Map<string, readonly string[]> {
  asked = 0;

  override get(id: string): readonly string[] | undefined {
    this.asked += 1;
    return super.get(id);
  }
}

it('enters each task once, however many ways lead to it', () => {
  const layers = 12;
  const ladder = new CountingMap();
  for (let layer = 0; layer < layers; layer += 1) {
    const below = layer === layers - 1 ? [] : [`a${layer + 1}`, `b${layer + 1}`];
    ladder.set(`a${layer}`, below).set(`b${layer}`, below);
  }
  expect(findCycles(ladder)).toEqual([]);
  expect(ladder.asked).toBe(2 * layers);
});

it('finds a circle that is not reachable from the first task', () => {
  const dependencies = new Map([
    ['A', []],
    ['B', ['A', 'C']],
    ['C', ['A', 'D']],
    ['D', ['C']],
  ]);
  expect(findCycles(dependencies)).toEqual([['C', 'D', 'C']]);
});

it('finds circles that share nothing, each once', () => {
  const links = new Map([
    ['A', ['B', 'A']],
    ['B', ['A']],
    ['C', ['D', 'A']],
    ['D', ['E', 'C']],
    ['E', ['C']],
  ]);
  expect(findCycles(links)).toEqual([
    ['A', 'B', 'A'],
    ['C', 'D', 'E', 'C'],
  ]);
});

it('takes a long chain with a way back from each link in its stride', () => {
  const ids = Array.from({ length: 20_000 }, (_, index) => `T${index}`);
  const links = new Map(ids.map((id, index) => [id, [...ids.slice(index + 1, index + 2), 'T0']]));
  expect(findCycles(links)).toHaveLength(1);
});
