// What a measurement says: ours, the peer or limit of the same pairs, the ratio, and whether the budget was kept. Smaller is
// better in every row, so that all rows read alike.

/**
 * @typedef {{ times: number } | { most: number }} Budget `times` limits the ratio; `most` limits ours, in the unit of the row
 *
 * @typedef {object} Spread
 * @property {number} median
 * @property {number} low the first quartile
 * @property {number} high the third quartile
 *
 * @typedef {object} Row
 * @property {string} name what is measured
 * @property {string} unit of ours and theirs
 * @property {Spread} ours
 * @property {string} against the peer or the limit
 * @property {Spread} theirs
 * @property {Spread} ratio ours in times of theirs, pair by pair
 * @property {number} pairs
 * @property {Budget} budget
 * @property {boolean} kept
 *
 * @typedef {{ name: string, against: string, missing: string }} Missing a row whose peer is not on this machine
 */

/**
 * Returns the row of a measurement.
 *
 * @param {{ name: string, unit: string, against: string, budget: Budget, ours: number[], theirs: number[] }} measured the
 *   figures of both sides, of which those with the same index are a pair
 * @returns {Row}
 * @throws Error when there is no pair, or a figure is not one, or one of theirs is not above zero: a row without figures would pass for a good one
 */
export function rowOf({ name, unit, against, budget, ours, theirs }) {
  if (ours.length === 0 || ours.length !== theirs.length)
    throw new Error(`${name}: ${ours.length} figures of ours and ${theirs.length} of ${against} are no pairs`);
  for (const value of [...ours, ...theirs])
    if (!Number.isFinite(value)) throw new Error(`${name}: a figure is ${value}`);
  if (theirs.some((value) => value <= 0))
    throw new Error(`${name}: ${against} took nothing, and nothing can be held against that`);
  const mine = spreadOf(ours);
  const ratio = spreadOf(ours.map((value, index) => value / theirs[index]));
  const kept = 'times' in budget ? ratio.median <= budget.times : mine.median <= budget.most;
  return { name, unit, ours: mine, against, theirs: spreadOf(theirs), ratio, pairs: ours.length, budget, kept };
}

/**
 * Returns the value in the middle and the quartiles.
 *
 * @param {number[]} values at least one
 * @returns {Spread}
 */
export function spreadOf(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share) => {
    const place = (sorted.length - 1) * share;
    const [below, above] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
    return below + (above - below) * (place - Math.floor(place));
  };
  return { median: at(0.5), low: at(0.25), high: at(0.75) };
}
