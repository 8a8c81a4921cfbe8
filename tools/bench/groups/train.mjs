// What it costs to land work that is finished together, beside the reference's loops, a serial queue and a gate by itself:
// real git, real workspaces, the very same candidates for all, and each state of the target judged again.
import { rowOf } from '../book/row.mjs';
import { timed } from '../measure/one-program.mjs';
import { onSite, played, POLICIES } from '../train/play.mjs';
import { schedule } from '../train/schedule.mjs';

const EIGHT_PLACES = { policy: 'auto', places: 8, name: 'eight places' };
/** By itself, one place is a serial queue. */
const ONE_PLACE = { policy: 'batch', places: 1, name: 'one place' };

/** The budgets are those of a gate of ten seconds: what they leave for all else, in seconds, holds for any gate. */
const WALL = { [EIGHT_PLACES.name]: { gates: 1, more: 3 }, [ONE_PLACE.name]: { gates: 2, more: 2 } };
const RUNS = { [EIGHT_PLACES.name]: 1.1, [ONE_PLACE.name]: 0.4 };
const RUNS_SOME_RED = { [EIGHT_PLACES.name]: 1.4, [ONE_PLACE.name]: 0.6 };
const OWN_MS = 500;
/** Against peers: landing together is to take at most half the time. */
const HALF = 0.5;
/** What it was when this row was made: it is to become less. */
const GIT_CALLS = 28;

const SOME_RED = 0.05;

/**
 * `alone` has no peers beside it, since eight gates of ten seconds in a row take their time. `red`: each set of rounds is a
 * pair, since 5 % of eight are none. How long a gate takes does not change how often it runs.
 */
const SIZES = {
  quick: {
    candidates: 8,
    beside: { seconds: 0.4, rounds: 1 },
    red: { candidates: 20, rounds: 1, sets: 1, seconds: 0.2 },
  },
  full: {
    candidates: 8,
    alone: { seconds: 10, rounds: 3 },
    beside: { seconds: 1, rounds: 3 },
    red: { candidates: 8, rounds: 5, sets: 3, seconds: 1 },
  },
  once: {
    candidates: 2,
    beside: { seconds: 0.1, rounds: 1 },
    red: { candidates: 2, rounds: 1, sets: 1, seconds: 0.1 },
  },
};
const PEER_SECONDS = 0;
const PEERS = [
  { ours: EIGHT_PLACES, peer: 'loops' },
  { ours: ONE_PLACE, peer: 'queue' },
];

/** Yields the rows; one throws when a policy left the target red, lost work, or told what is not so. */
export async function* measure(form) {
  const { candidates, alone, beside, red } = SIZES[form];
  const both = await rounded(candidates, beside, (ours, peer) => [ours, peer]);
  const byThemselves = alone === undefined ? both : await rounded(candidates, alone, (ours) => [ours]);
  yield* besideGate(`${candidates} together`, alone ?? beside, byThemselves);
  yield* besidePeers(`${candidates} together`, beside, both);
  yield* someRed(red);
}

/** Plays the rounds with the sides chosen; what else the machine does falls on all of them. */
async function rounded(candidates, { seconds, rounds }, sidesOf) {
  const seen = [];
  for (const [index, round] of schedule({ candidates, rounds }).entries()) {
    const one = { gate: timed('sleep', [String(seconds)], '/') / 1000 };
    await onSite(round, async (site) => {
      for (const { ours, peer } of PEERS) {
        const sides = sidesOf(ours.policy, peer);
        for (const policy of index % 2 === 0 ? sides : sides.toReversed())
          one[policy] = await played(site, round, policy, { seconds, places: ours.places });
      }
    });
    seen.push(one);
  }
  return seen;
}

function* besideGate(together, { seconds }, seen) {
  for (const { name, policy } of [EIGHT_PLACES, ONE_PLACE]) {
    const { gates, more } = WALL[name];
    const what = `${together}, ${name}, gate of ${seconds} s`;
    const ours = (of) => seen.map((one) => of(one[policy]));
    yield rowOf({
      name: `${what}: until all have landed`,
      unit: 's',
      against: 'the gate by itself (sleep)',
      budget: { most: gates * seconds + more },
      ours: ours(({ wall }) => wall),
      theirs: seen.map(({ gate }) => gate),
    });
    yield rowOf({
      name: `${what}: our own share of that`,
      unit: 'ms',
      against: 'all of it, with gate and git',
      budget: { most: OWN_MS },
      ours: ours(({ own }) => own),
      theirs: ours(({ wall }) => wall * 1000),
    });
  }
}

function* besidePeers(together, { seconds }, seen) {
  for (const { ours, peer } of PEERS) {
    const what = `${together}, ${ours.name}`;
    const both = (of) => ({
      against: POLICIES[peer].name,
      ours: seen.map((one) => of(one[ours.policy])),
      theirs: seen.map((one) => of(one[peer])),
    });
    const wall = both((one) => one.wall);
    const runs = both(perLanded);
    yield rowOf({ name: `${what}, gate of ${seconds} s: wall`, unit: 's', budget: { times: HALF }, ...wall });
    yield rowOf({ name: `${what}: CI runs a landed task`, unit: 'runs', budget: { most: RUNS[ours.name] }, ...runs });
  }
  yield rowOf({
    name: `${together}: our own CPU a landed task`,
    unit: 'ms',
    against: `git of ${POLICIES.queue.name}`,
    budget: { times: 1 },
    ours: seen.map(({ auto }) => auto.cpu / auto.landed),
    theirs: seen.map(({ queue }) => queue.children / queue.landed),
  });
  yield rowOf({
    name: `${together}: git calls a landed task`,
    unit: 'gits',
    against: `${POLICIES.queue.name}: fetch, rebase, push`,
    budget: { most: GIT_CALLS },
    ours: seen.map(({ auto }) => Object.values(auto.gitCalls).reduce((sum, count) => sum + count, 0) / auto.landed),
    theirs: seen.map(() => 3),
  });
}

async function* someRed({ candidates, rounds, sets, seconds }) {
  const sums = [];
  for (let set = 0; set < sets; set += 1) {
    const sum = {};
    const play = async (site, round) => {
      for (const [policy, how] of [
        [EIGHT_PLACES.policy, { seconds, places: EIGHT_PLACES.places, keepsWorkspaces: true }],
        [ONE_PLACE.policy, { seconds, places: ONE_PLACE.places, keepsWorkspaces: true }],
        ['queue', { seconds: PEER_SECONDS, places: 1 }],
      ]) {
        const { ciRuns, landed } = await played(site, round, policy, how);
        sum[policy] ??= { ciRuns: 0, landed: 0 };
        sum[policy].ciRuns += ciRuns;
        sum[policy].landed += landed;
      }
    };
    for (const round of schedule({ candidates, rounds, red: SOME_RED, seed: set + 1 }))
      await onSite(round, (site) => play(site, round));
    sums.push(sum);
  }
  for (const { name, policy } of [EIGHT_PLACES, ONE_PLACE])
    yield rowOf({
      name: `${candidates} together, ${name}, 5 % red: CI runs a landed task`,
      unit: 'runs',
      against: POLICIES.queue.name,
      budget: { most: RUNS_SOME_RED[name] },
      ours: sums.map((sum) => perLanded(sum[policy])),
      theirs: sums.map(({ queue }) => perLanded(queue)),
    });
}

function perLanded({ ciRuns, landed }) {
  return ciRuns / landed;
}
