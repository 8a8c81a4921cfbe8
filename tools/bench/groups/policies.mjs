// A study: every way of landing under many conditions, each beside the reference's loops on the very same candidates. Its
// full form takes an hour.
import { rowOf } from '../book/row.mjs';
import { fullCells, quickCells } from '../train/cells.mjs';
import { onSite, played, POLICIES } from '../train/play.mjs';
import { schedule } from '../train/schedule.mjs';

/** Nothing is to be slower than the loops, or to run the gate more often; two that finish together leave little to save. */
const BUDGET = { times: 1.1 };

/** Yields two rows for each policy of each cell. */
export async function* measure(form) {
  for (const cell of cellsOf(form)) yield* rowsOf(cell, await seenIn(cell));
}

function cellsOf(form) {
  if (form === 'full') return fullCells();
  const cells = quickCells();
  return form === 'quick' ? cells : [{ ...cells[0], candidates: 2, seconds: 0.1 }];
}

async function seenIn({ policies, ...cell }) {
  const seen = [];
  for (const [index, round] of schedule(cell).entries()) {
    const one = {};
    // What else the machine does falls on all alike, and each comes first in turn.
    const turns = [...policies.slice(index % policies.length), ...policies.slice(0, index % policies.length)];
    await onSite(round, async (site) => {
      for (const policy of turns) one[policy] = await played(site, round, policy, cell);
    });
    seen.push(one);
  }
  return seen;
}

function* rowsOf({ policies, ...cell }, seen) {
  const sum = (policy, of) => seen.reduce((total, one) => total + of(one[policy]), 0);
  const runs = (policy) => [
    sum(policy, ({ ciRuns }) => ciRuns) /
      Math.max(
        1,
        sum(policy, ({ landed }) => landed),
      ),
  ];
  const against = POLICIES.loops.name;
  for (const policy of policies.filter((name) => name !== 'loops')) {
    const name = `${POLICIES[policy].name}: ${wordsOf(cell)}`;
    const walls = (of) => seen.map((one) => one[of].wall);
    yield rowOf({
      name: `${name}: wall`,
      unit: 's',
      against,
      budget: BUDGET,
      ours: walls(policy),
      theirs: walls('loops'),
    });
    const [ours, theirs] = [runs(policy), runs('loops')];
    yield rowOf({ name: `${name}: CI runs a landed task`, unit: 'runs', against, budget: BUDGET, ours, theirs });
  }
}

function wordsOf({ candidates, places, ci, seconds, red, conflicts, clashes }) {
  const share = (part, what) => (part > 0 ? [`${Math.round(part * 100)} % ${what}`] : []);
  const gate = `gate ${ci === 'work' ? 'fills a core' : 'waits'} ${seconds} s`;
  const odd = [...share(red, 'red'), ...share(conflicts, 'in conflict'), ...share(clashes, 'red together')];
  return [`${candidates} together`, `${places} ${places === 1 ? 'place' : 'places'}`, gate, ...odd].join(', ');
}
