// What a check returns: what is wrong, and in which row of the table it counts.

/** The rows, in their order; all have to be zero. */
export const ROWS = /** @type {const} */ ([
  'lost',
  'landed twice',
  'orphans',
  'stuck',
  'torn files',
  'untrue',
  'touched',
]);

/**
 * @typedef {object} Finding
 * @property {typeof ROWS[number]} row
 * @property {string} text
 */

/** Returns findings of one row. */
export function findings(row, texts) {
  return texts.map((text) => ({ row, text }));
}
