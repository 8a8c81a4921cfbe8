// Measures several sides in turn, so that what else the machine does falls on all alike.

/**
 * Runs all sides in turn, each round beginning with another one: whoever comes later finds the caches warmer.
 *
 * @param {Record<string, () => number | Promise<number>>} sides each returns one figure
 * @param {{ rounds: number, warmUp?: number }} how many rounds count, and how many are thrown away first
 * @returns {Promise<Record<string, number[]>>} the figures of each side, of which those with the same index belong together
 */
export async function turns(sides, { rounds, warmUp = 0 }) {
  const names = Object.keys(sides);
  const seen = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = -warmUp; round < rounds; round += 1) {
    const first = (round + warmUp) % names.length;
    for (const name of [...names.slice(first), ...names.slice(0, first)]) {
      const figure = await sides[name]();
      if (round >= 0) seen[name].push(figure);
    }
  }
  return seen;
}
