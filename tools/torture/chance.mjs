// Numbers of chance that follow from the seed and from what they are for, so that nothing drawn for one shifts another.
import { generator } from '../bench/measure/generated-repository.mjs';

/** Returns numbers from 0 up to 1: the same for the same seed and the same path, whatever else was drawn. */
export function chance(seed, ...path) {
  let state = seed >>> 0;
  for (const step of path) state = Math.floor(generator(state ^ Math.imul(step + 1, 0x9e3779b1))() * 2 ** 32);
  return generator(state);
}

/** Returns one of a list. */
export function pick(from, dice) {
  return from[Math.floor(dice() * from.length)];
}

/** Returns a whole number from the lowest to the highest, both included. */
export function between(lowest, highest, dice) {
  return highest === Infinity ? Infinity : lowest + Math.floor(dice() * (highest - lowest + 1));
}

/** Returns the same in an order of chance. */
export function shuffled(list, dice) {
  return list
    .map((item) => ({ item, at: dice() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
