// The sum over rounds, and the table of it.
import { ROWS } from './checks/findings.mjs';

/** Returns the sum of no rounds over these faults. */
export function emptySum(faults) {
  return {
    rounds: 0,
    runs: 0,
    tasks: { landed: 0, blocked: 0, failed: 0, waiting: 0 },
    faults: faults.map(({ name, kind, missing }) => ({ name, kind, hits: 0, missing: missing() })),
    wrong: Object.fromEntries(ROWS.map((row) => [row, 0])),
    bad: [],
  };
}

/** Adds a round to a sum. */
export function addRound(sum, { round, runs, hits, fates, wrong, kept, again }) {
  sum.rounds += 1;
  sum.runs += runs;
  for (const fate of fates) sum.tasks[fate] += 1;
  for (const { name, count } of hits) sum.faults.find((fault) => fault.name === name).hits += count;
  for (const { row } of wrong) sum.wrong[row] += 1;
  if (wrong.length > 0) sum.bad.push({ round, wrong, kept, again });
}

/** Returns the kinds of faults that could strike and have not. */
export function kindsLeft({ faults }) {
  const possible = faults.filter(({ missing }) => missing === undefined).map(({ kind }) => kind);
  return [...new Set(possible)].filter((kind) => hitsOf(faults.filter((fault) => fault.kind === kind)) === 0);
}

/** Tells whether nothing was wrong. */
export function isGood(sum) {
  return sum.bad.length === 0;
}

/** Returns what was wrong in a bad round, what was kept of it and how it is played again, for whoever reads of a failed test. */
export function badText({ wrong, kept, again }) {
  const found = wrong.map(({ row, text }) => `${row}: ${text}`);
  return [...found, `kept in ${kept}`, `again: npm run torture -- ${again}`].join('\n');
}

/** Returns the table, as lines of text: under each kind of fault stand those of it. */
export function tableOf(sum) {
  const struck = sum.faults.filter(({ missing }) => missing === undefined);
  const kinds = [...new Set(struck.map(({ kind }) => kind))].flatMap((kind) => {
    const of = struck.filter((fault) => fault.kind === kind);
    return [[`  ${kind}`, hitsOf(of)], ...of.map(({ name, hits }) => [`    ${name}`, hits])];
  });
  const rows = [
    ['rounds', sum.rounds],
    ['runs', sum.runs],
    ['faults', hitsOf(struck)],
    ...kinds,
    ...sum.faults
      .filter(({ missing }) => missing !== undefined)
      .map(({ name, missing }) => [`  ${name}`, `- (${missing})`]),
    ['tasks landed', sum.tasks.landed],
    ['tasks blocked', sum.tasks.blocked],
    ['tasks failed', sum.tasks.failed],
    ['tasks that wait for those', sum.tasks.waiting],
    ...ROWS.map((row) => [row, sum.wrong[row]]),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${String(value).padStart(6)}`).join('\n');
}

function hitsOf(faults) {
  return faults.reduce((all, { hits }) => all + hits, 0);
}
