import { expect, it } from 'vitest';
import { findCycle } from '../src/queue/dependency-cycle.ts';

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
  expect(findCycle(ladder)).toBeUndefined();
  expect(ladder.asked).toBe(2 * layers);
});

it('finds a circle that is not reachable from the first task', () => {
  const dependencies = new Map([
    ['A', []],
    ['B', ['A', 'C']],
    ['C', ['A', 'D']],
    ['D', ['C']],
  ]);
  expect(findCycle(dependencies)).toEqual(['C', 'D', 'C']);
});
