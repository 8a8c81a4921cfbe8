// Measures two sides in turn, so that what else the machine does falls on both.

/**
 * Runs both sides in turn, each first every other time: whoever comes second finds the caches warmer.
 *
 * @param {() => number | Promise<number>} ours returns one figure
 * @param {() => number | Promise<number>} theirs the same for what ours is held against
 * @param {{ rounds: number, warmUp?: number }} how many pairs count, and how many are thrown away first
 * @returns {Promise<{ ours: number[], theirs: number[] }>}
 */
export async function pairs(ours, theirs, { rounds, warmUp = 0 }) {
  const seen = { ours: [], theirs: [] };
  for (let round = -warmUp; round < rounds; round += 1) {
    const isTheirsFirst = round % 2 === 0;
    const other = isTheirsFirst ? await theirs() : undefined;
    const mine = await ours();
    const one = other ?? (await theirs());
    if (round < 0) continue;
    seen.ours.push(mine);
    seen.theirs.push(one);
  }
  return seen;
}
