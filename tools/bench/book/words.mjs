// Figures as people read them.

/**
 * Returns a figure with three digits that count, and with no more than the unit makes sense of.
 *
 * @param {number} value
 */
export function figure(value) {
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toLocaleString('en-US');
  if (size >= 100) return value.toFixed(0);
  if (size >= 10) return value.toFixed(1);
  if (size >= 0.1 || size === 0) return value.toFixed(2);
  return value.toPrecision(2);
}

/** @param {import('./row.mjs').Spread} spread */
export function spreadText({ median, low, high }) {
  return `${figure(median)} (${figure(low)} to ${figure(high)})`;
}

/** @param {import('./row.mjs').Row} row */
export function budgetText({ budget, unit }) {
  return 'times' in budget ? `at most ${figure(budget.times)} x` : `at most ${figure(budget.most)} ${unit}`.trimEnd();
}

/** @param {import('./series.mjs').Series} series */
export function growthText({ budget, unit }) {
  return 'slope' in budget ? `slope at most ${figure(budget.slope)}` : `at most ${figure(budget.more)} ${unit} more`;
}

/** @param {boolean} kept */
export function verdict(kept) {
  return kept ? 'kept' : 'MISSED';
}
