// What the table of a run on a terminal costs: the processor time of ralph-orchestrate with it and with --no-live, while
// agents print without pause. Linux, with script(1).
import { shareOfCore } from './view/printing-run.mjs';

const AGENTS = 16;
const ROUNDS = 3;
const TIMES = { warmUpMs: 3000, measureMs: 15_000 };
/** Percent of one core. */
const BUDGET = 2;

/** Prints both sides and what the table adds; two minutes. With --check the status is 1 when that is over its budget. */
export async function run(args) {
  const rounds = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const one = {};
    // What else the machine does falls on both: each comes first every other time.
    for (const live of round % 2 === 0 ? [true, false] : [false, true]) {
      one[live ? 'live' : 'plain'] = await shareOfCore({ agents: AGENTS, live, ...TIMES });
    }
    rounds.push(one);
  }
  show(
    'ralph-orchestrate with the table',
    rounds.map(({ live }) => live),
  );
  show(
    'ralph-orchestrate with --no-live',
    rounds.map(({ plain }) => plain),
  );
  const added = rounds.map(({ live, plain }) => live - plain);
  const isKept = median(added) <= BUDGET;
  show(`the table alone, ${AGENTS} agents`, added, isKept ? `within ${BUDGET} %` : `OVER ${BUDGET} %`);
  return args.includes('--check') && !isKept ? 1 : 0;
}

function show(what, values, verdict = '') {
  const sorted = values.toSorted((a, b) => a - b);
  const [least, most] = [sorted[0], sorted.at(-1)].map((value) => value.toFixed(2));
  const text = `${median(values).toFixed(2)} % of one core (${least} to ${most} of ${values.length})`;
  console.log(`${what.padEnd(40)} ${text}  ${verdict}`.trimEnd());
}

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
