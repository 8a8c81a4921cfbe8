// What it costs to land work that is finished together: ralph-integrate beside the reference's loops and a serial queue,
// with real git and real workspaces, each state of the target judged again afterwards. TMPDIR chooses the disk.
import { writeFileSync } from 'node:fs';
import { fullCells, quickCells, roundsOf } from './integrate/cells.mjs';
import { faultsOf } from './integrate/judge.mjs';
import { ralphIntegrate } from './integrate/ours.mjs';
import { independentLoops, serialQueue } from './integrate/peers.mjs';
import { schedule } from './integrate/schedule.mjs';
import { Site } from './integrate/site.mjs';
import { heading, rowOf, rowText } from './integrate/table.mjs';

const POLICIES = {
  loops: { name: 'loops of the reference', land: independentLoops },
  queue: { name: 'serial queue', land: serialQueue },
  auto: { name: 'ralph-integrate', land: ralphIntegrate('auto') },
  train: { name: 'ralph-integrate, train', land: ralphIntegrate('train') },
  batch: { name: 'ralph-integrate, batch', land: ralphIntegrate('batch') },
  serial: { name: 'ralph-integrate, serial', land: ralphIntegrate('serial') },
};

const EIGHT = { candidates: 8, ci: 'wait', conflicts: 0, clashes: 0 };
const EIGHT_PLACES = { places: 8, policies: ['auto'] };
/** By itself, one place is a serial queue. */
const ONE_PLACE = { places: 1, policies: ['batch'] };
/** How long the gate takes does not change how often it runs. */
const SOME_RED = { ...EIGHT, red: 0.05, seconds: 1, rounds: 10 };
const BUDGETS = [
  { cell: { ...EIGHT, red: 0, seconds: 10, rounds: 3, ...EIGHT_PLACES }, wall: 1.3, perLanded: 1.1, own: 0.05 },
  { cell: { ...EIGHT, red: 0, seconds: 10, rounds: 3, ...ONE_PLACE }, wall: 2.2, perLanded: 0.4, own: 0.05 },
  { cell: { ...SOME_RED, ...EIGHT_PLACES }, perLanded: 1.4 },
  { cell: { ...SOME_RED, ...ONE_PLACE }, perLanded: 0.6 },
];

const PARTS = { quick: () => table(quickCells()), full: () => table(fullCells()), budgets };

/**
 * Prints the parts named, or quick and budgets; `--json FILE` keeps the rows. The status is 1 when a policy left a red
 * state on the target, lost work or reported what is not so, and with --check also when a budget was not kept.
 */
export async function run(args) {
  const file = args.includes('--json') ? args[args.indexOf('--json') + 1] : undefined;
  const named = Object.keys(PARTS).filter((name) => args.includes(name));
  const [rows, kept] = [[], []];
  for (const name of named.length > 0 ? named : ['quick', 'budgets']) {
    const part = await PARTS[name]();
    rows.push(...part.rows);
    kept.push(...part.kept);
    if (file !== undefined) writeFileSync(file, `${JSON.stringify(rows, null, 2)}\n`);
  }
  const isSound = rows.every(({ faults }) => faults.length === 0);
  return !isSound || (args.includes('--check') && kept.includes(false)) ? 1 : 0;
}

async function table(cells) {
  console.log(heading());
  const rows = [];
  for (const cell of cells) rows.push(...(await measured(cell)));
  return { rows, kept: [] };
}

async function budgets() {
  const [rows, kept] = [[], []];
  console.log(heading());
  for (const { cell, ...limits } of BUDGETS) {
    const [row] = await measured(cell);
    rows.push(row);
    const { candidates, places, wall, seconds, perLanded, own, cpu, after, gitCalls } = row;
    const what = `${candidates} together, ${places === 1 ? 'one place' : `${places} places`}, ${cell.red * 100} % red: `;
    if (limits.wall !== undefined) kept.push(report(`${what}wall in times of the gate`, wall / seconds, limits.wall));
    kept.push(report(`${what}CI runs a landed task`, perLanded ?? Infinity, limits.perLanded));
    if (limits.own !== undefined) kept.push(report(`${what}our own share of the wall`, own, limits.own));
    report(`${what}ms of our CPU a task`, cpu / candidates);
    report(`${what}ms from the last landing to our end`, after);
    const calls = Object.entries(gitCalls).map(([name, count]) => `${name} ${count.toFixed(1)}`);
    console.log(`${what}git for a task: ${calls.join(', ')}`);
  }
  return { rows, kept };
}

/** Measures the policies of a cell in turn, on the very same candidates, and prints a row of each. */
async function measured({ policies, ...cell }) {
  const rounds = new Map(policies.map((policy) => [policy, []]));
  for (const [index, round] of schedule(cell).entries()) {
    const site = await Site.of(round);
    try {
      const due = policies.filter((policy) => index < roundsOf(policy, cell));
      // What else the machine does falls on all alike, and each comes first in turn.
      for (const policy of [...due.slice(index % due.length), ...due.slice(0, index % due.length)])
        rounds.get(policy).push(await played(site, round, policy, cell));
    } finally {
      site.remove();
    }
  }
  return policies.map((policy) => {
    const row = {
      ...rowOf({ ...cell, policy: POLICIES[policy].name }, rounds.get(policy)),
      ...besides(rounds.get(policy)),
    };
    console.log(rowText(row));
    return row;
  });
}

async function played(site, round, policy, { ci, seconds, places }) {
  const gate = site.gate(ci, seconds);
  site.restore();
  const begin = performance.now();
  const end = await POLICIES[policy].land(site, { gate, places });
  const wall = performance.now() - begin;
  const faults = faultsOf(round, { ...end, ...site.outcome() });
  return { wall, ...end, ciRuns: site.gateRuns().runs, faults };
}

/** What is known of ours alone: ms on the processor and ms from the last landing to its end, and git calls for each task. */
function besides(rounds) {
  if (rounds.some(({ cpu }) => cpu === undefined)) return {};
  const gitCalls = {};
  for (const { gitCalls: calls, landed, blocked } of rounds) {
    const share = 1 / (landed.length + blocked.length) / rounds.length;
    for (const [name, count] of Object.entries(calls)) gitCalls[name] = (gitCalls[name] ?? 0) + count * share;
  }
  const mean = (of) => rounds.reduce((sum, round) => sum + of(round), 0) / rounds.length;
  return { cpu: mean(({ cpu }) => cpu), after: mean(({ after }) => after), gitCalls };
}

function report(what, value, budget) {
  const kept = budget === undefined || value <= budget;
  const verdict = budget === undefined ? '' : kept ? `within ${budget}` : `OVER ${budget}`;
  console.log(`${what.padEnd(64)} ${value.toFixed(3).padStart(8)}  ${verdict}`.trimEnd());
  return kept;
}
