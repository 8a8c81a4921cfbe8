// Rows of figures, for people and for programs.

/**
 * @typedef {object} Row
 * @property {string} policy
 * @property {number} candidates that finish together
 * @property {number} places for gates
 * @property {'wait' | 'work'} ci whether the gate waits or fills a core
 * @property {number} seconds that it takes
 * @property {number} red share of the candidates
 * @property {number} conflicts share of the candidates
 * @property {number} clashes share of the candidates
 * @property {number} rounds that the figures are the means of
 * @property {number} wall seconds from the start until the last task has landed or is blocked
 * @property {number} ciRuns
 * @property {number} landed
 * @property {number} blocked
 * @property {number | null} perLanded runs of the gate for each task that has landed; null when none has
 * @property {number | null} own our share of the wall time, apart from gate and git; null where it is not ours
 * @property {string[]} faults
 */

/** @type {[string, number, (row: Row) => string][]} */
const COLUMNS = [
  ['policy', -26, ({ policy }) => policy],
  ['N', 3, ({ candidates }) => String(candidates)],
  ['places', 6, ({ places }) => String(places)],
  ['gate', 10, ({ ci, seconds }) => `${ci === 'wait' ? 'waits' : 'works'} ${seconds}`],
  ['red', 5, ({ red }) => percent(red)],
  ['at odds', 8, ({ conflicts, clashes }) => `${percent(conflicts + clashes)}${clashes > 0 ? '*' : ''}`],
  ['wall s', 7, ({ wall }) => wall.toFixed(1)],
  ['wall/C', 7, ({ wall, seconds }) => (wall / seconds).toFixed(2)],
  ['CI runs', 8, ({ ciRuns }) => ciRuns.toFixed(Number.isInteger(ciRuns) ? 0 : 1)],
  ['a landed', 9, ({ perLanded }) => (perLanded === null ? '-' : perLanded.toFixed(2))],
  ['landed', 7, ({ landed }) => landed.toFixed(Number.isInteger(landed) ? 0 : 1)],
  ['blocked', 8, ({ blocked }) => blocked.toFixed(Number.isInteger(blocked) ? 0 : 1)],
  ['own', 6, ({ own }) => (own === null ? '' : `${(own * 100).toFixed(1)}%`)],
  ['of', 3, ({ rounds }) => String(rounds)],
];

/** Returns the line above the rows. */
export function heading() {
  return line(([name]) => name);
}

/** Returns a row as a line, and a further one for each fault. */
export function rowText(row) {
  return [line(([, , of]) => of(row)), ...row.faults.map((fault) => `  FAULT: ${fault}`)].join('\n');
}

/**
 * Returns the row of a policy from what its rounds have come to.
 *
 * @param {Pick<Row, 'policy' | 'candidates' | 'places' | 'ci' | 'seconds' | 'red' | 'conflicts' | 'clashes'>} cell
 * @param {{ wall: number, ciRuns: number, landed: string[], blocked: string[], own?: number, faults: string[] }[]} rounds
 *   times in milliseconds
 * @returns {Row}
 */
export function rowOf(cell, rounds) {
  const mean = (of) => rounds.reduce((sum, round) => sum + of(round), 0) / rounds.length;
  const [ciRuns, landed] = [mean((round) => round.ciRuns), mean((round) => round.landed.length)];
  const isOurs = rounds.every(({ own }) => own !== undefined);
  return {
    ...cell,
    rounds: rounds.length,
    wall: mean((round) => round.wall) / 1000,
    ciRuns,
    landed,
    blocked: mean((round) => round.blocked.length),
    perLanded: landed === 0 ? null : ciRuns / landed,
    own: isOurs ? mean((round) => round.own) / mean((round) => round.wall) : null,
    faults: rounds.flatMap(({ faults }, index) => faults.map((fault) => `round ${index + 1}: ${fault}`)),
  };
}

function percent(share) {
  return `${Math.round(share * 100)}%`;
}

function line(of) {
  return COLUMNS.map((column) => {
    const [, width] = column;
    return width < 0 ? of(column).padEnd(-width) : of(column).padStart(width);
  })
    .join(' ')
    .trimEnd();
}
