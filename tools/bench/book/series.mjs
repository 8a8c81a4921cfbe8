// How a cost grows with the size of something: a figure for each size, and whether it grows faster than the size.
import { spreadOf } from './row.mjs';

/** What noise may add to a slope of one. */
const LINEAR = 1.15;

/**
 * @typedef {object} Series
 * @property {string} name
 * @property {string} of what grows, as "records"
 * @property {string} unit
 * @property {string} against the limit that is measured beside, as "write + fsync + rename of the same bytes"
 * @property {{ size: number, ours: import('./row.mjs').Spread, theirs: import('./row.mjs').Spread }[]} points
 * @property {{ slope: number } | { more: number }} budget `slope` limits the steepest rise between two sizes on logarithmic
 *   scales (1 is linear); `more` limits by how much the largest size may cost more than the smallest, in the unit
 * @property {number} seen what is held against the budget
 * @property {boolean} kept
 */

/**
 * Returns the series of a measurement.
 *
 * @param {{ name: string, of: string, unit: string, against: string, points: { size: number, ours: number[], theirs: number[] }[], more?: number }} measured
 *   `more` where the cost must not grow at all; at most linear otherwise
 * @returns {Series}
 * @throws Error when there is a single size, or a figure is not one
 */
export function seriesOf({ name, of, unit, against, points, more }) {
  if (points.length < 2) throw new Error(`${name}: growth needs two sizes at least`);
  const costs = points.flatMap(({ ours, theirs }) => [...ours, ...theirs]);
  for (const cost of costs) if (!Number.isFinite(cost)) throw new Error(`${name}: a figure is ${cost}`);
  if (more === undefined && points.some(({ ours }) => ours.some((cost) => cost <= 0)))
    throw new Error(`${name}: what costs nothing has no slope`);
  const spreads = points.map(({ size, ours, theirs }) => ({ size, ours: spreadOf(ours), theirs: spreadOf(theirs) }));
  const budget = more === undefined ? { slope: LINEAR } : { more };
  const seen = more === undefined ? steepest(spreads) : spreads.at(-1).ours.median - spreads[0].ours.median;
  return { name, of, unit, against, points: spreads, budget, seen, kept: seen <= (more ?? LINEAR) };
}

/** A step of a few per cent in size would show nothing but noise: each size is held against one at least twice as large. */
function steepest(points) {
  let most = 0;
  for (const [index, from] of points.entries()) {
    const to = points.slice(index + 1).find(({ size }) => size >= 2 * from.size);
    if (to === undefined) continue;
    most = Math.max(most, Math.log(to.ours.median / from.ours.median) / Math.log(to.size / from.size));
  }
  return most;
}
