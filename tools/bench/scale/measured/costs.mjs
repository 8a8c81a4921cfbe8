// What the simulation needs to know of the real train, and the same cell measured and simulated.
import { spreadOf } from '../../book/row.mjs';
import { onSite, played } from '../../train/play.mjs';
import { schedule } from '../../train/schedule.mjs';
import { together } from '../simulation/simulate.mjs';

const CANDIDATES = 8;
const SECONDS = 1;
const ROUNDS = 3;
/** One in eight. */
const RED = 1 / CANDIDATES;

const CELLS = [
  { policy: 'auto', places: 8, red: 0 },
  { policy: 'batch', places: 1, red: 0 },
  { policy: 'loops', places: 8, red: 0 },
  { policy: 'queue', places: 1, red: 0 },
  { policy: 'auto', places: 8, red: RED },
  { policy: 'batch', places: 1, red: RED },
];

/**
 * Measures the cells, takes the costs from the first and fourth, and simulates all of them.
 *
 * @returns {Promise<{ costs: import('../simulation/policies.mjs').Costs & { landing: number, removal: number }, check: object[] }>}
 */
export async function costsAndCheck(core) {
  const seen = CELLS.map(() => []);
  for (const red of [0, RED])
    for (const round of schedule({ candidates: CANDIDATES, rounds: ROUNDS, red }))
      await onSite(round, async (site) => {
        for (const [index, cell] of CELLS.entries()) {
          if (cell.red !== red) continue;
          const { policy, places } = cell;
          const reds = round.flatMap(({ kind }, at) => (kind === 'red' ? [at] : []));
          seen[index].push({ reds, ...(await played(site, round, policy, { seconds: SECONDS, places })) });
        }
      });
  const costs = {
    ...trainCosts(seen[0]),
    peer: median(seen[3], ({ wall }) => wall / CANDIDATES - SECONDS),
    ...(await bare()),
  };
  const check = CELLS.map((cell, index) => checked(core, costs, cell, seen[index]));
  return { costs, check };
}

/** Between the words of a run in which each candidate has its gate at once. */
function trainCosts(rounds) {
  const first = ({ marks }, type) => marks.find((mark) => mark.type === type).at;
  const build = median(rounds, (round) => between(round, 'rebase.done'));
  const looked = median(rounds, (round) => (first(round, 'rebase.done') - first(round, 'integrate.started')) / 1000);
  return {
    start: median(rounds, (round) => (first(round, 'integrate.started') - round.began) / 1000),
    look: Math.max(0, looked - build),
    build,
    gate: median(rounds, (round) => (first(round, 'ci.passed') - first(round, 'rebase.done')) / 1000 - SECONDS),
    push: median(rounds, (round) => (first(round, 'task.completed') - first(round, 'ci.passed')) / 1000),
  };
}

/** With a gate that takes no time nothing but our own steps lies between two landings. */
async function bare() {
  const rounds = [];
  for (const round of schedule({ candidates: CANDIDATES, rounds: ROUNDS }))
    rounds.push(await onSite(round, (site) => played(site, round, 'train', { seconds: 0, places: CANDIDATES })));
  return {
    landing: median(rounds, (round) => between(round, 'task.completed')),
    removal: median(rounds, (round) => between(round, 'workspace.removed')),
  };
}

/** Seconds in the middle from one mark of a type to the next. */
function between({ marks }, type) {
  const times = marks.filter((mark) => mark.type === type).map(({ at }) => at);
  return spreadOf(times.slice(1).map((at, index) => (at - times[index]) / 1000)).median;
}

function checked(core, costs, { policy, places, red }, rounds) {
  const simulated = rounds.map(({ reds }, index) =>
    together(core, costs, { policy, places, reds, candidates: CANDIDATES, gate: SECONDS, seed: index + 1 }),
  );
  return {
    policy,
    places,
    red,
    wall: { measured: median(rounds, ({ wall }) => wall), simulated: median(simulated, ({ wall }) => wall) },
    perLanded: {
      measured: median(rounds, ({ ciRuns, landed }) => ciRuns / landed),
      simulated: median(simulated, ({ perLanded }) => perLanded),
    },
  };
}

function median(rounds, of) {
  return spreadOf(rounds.map(of)).median;
}
