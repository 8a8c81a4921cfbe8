// Which faults come in which run of which round. They are dealt like cards: all of them come before one comes again.
import { chance, shuffled } from './chance.mjs';

/** How many faults each disturbed run of a round has. */
const RUNS = [2, 2, 1];
const A_ROUND = RUNS.reduce((sum, faults) => sum + faults, 0);

const DECK = 1_000_003;

/**
 * Returns the faults of each disturbed run of a round: from the seed and the number of the round alone.
 *
 * @param {readonly import('./faults/list.mjs').Fault[]} faults
 * @param {number} round from 1
 */
export function deal(seed, round, faults) {
  if (faults.length === 0) return [];
  const first = (round - 1) * A_ROUND;
  const cards = Array.from({ length: A_ROUND }, (_, index) => cardAt(seed, first + index, faults));
  return RUNS.map((count) => [...new Set(cards.splice(0, count))]);
}

function cardAt(seed, place, faults) {
  const pass = Math.floor(place / faults.length);
  return shuffled(faults, chance(seed, DECK, pass))[place % faults.length];
}

/** Returns how many rounds it takes until each fault was dealt. */
export function roundsForAll(faults) {
  return Math.ceil(faults.length / A_ROUND);
}
