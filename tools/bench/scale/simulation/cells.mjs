// What is simulated, and in which order it is kept.
import { POLICY_NAMES, simulate } from './simulate.mjs';

/** An agent takes ten minutes; a machine has eight of them, and two places for gates as ralph-integrate has by itself. */
export const AGENT = 600;
const [AGENTS, PLACES] = [8, 2];
/** Two tasks that did not see each other are in conflict once in a thousand times. */
export const AREAS = 1000;
export const GATES = [60, 300, 600];
export const REDS = [0, 0.05, 0.2];

const PER_HOUR = 1000;
export const LOADS = [
  { name: '1 machine', machines: 1 },
  { name: '10 machines', machines: 10 },
  { name: '1,000 tasks an hour', machines: (PER_HOUR * AGENT) / 3600 / AGENTS },
  { name: '100 machines', machines: 100, hours: 1, reds: [0, 0.05] },
].map(({ machines, ...load }) => ({
  ...load,
  agents: Math.round(machines * AGENTS),
  places: Math.ceil(machines * PLACES),
}));
export const THOUSAND = LOADS[2];

/** Red shares of what comes to the train; one in a hundred is what is left when each has passed the gate by itself. */
export const REDS_BEFORE = [0, 0.01, 0.05, 0.2];
const MOST_PLACES = 128;
export const TRAINS = [1, 2, 4, 8, 16];

const REDS_OVERTAKEN = [0, 0.01, 0.05];

/**
 * Yields each outcome with its cell: what the page is made of.
 *
 * @param {object} core the train
 * @param {object} hasty the train in which who comes back goes in front of all after eight, however long the line is
 */
export function* simulations(core, hasty, costs) {
  for (const { reds = REDS, ...load } of LOADS)
    for (const gate of GATES)
      for (const red of reds)
        for (const policy of Object.keys(POLICY_NAMES))
          yield { of: 'policies', ...seen(core, costs, { ...load, policy, gate, red }) };
  for (const gate of GATES)
    for (const red of REDS_BEFORE) yield { of: 'places', ...fewest(core, costs, { gate, red }) };
  for (const red of REDS.slice(1))
    for (const trains of TRAINS)
      yield { of: 'trains', trains, ...severalTrains(core, costs, { trains, red, gate: GATES[1] }) };
  for (const red of REDS_OVERTAKEN)
    for (const [isHasty, train] of [core, hasty].entries())
      yield {
        of: 'overtaking',
        isHasty: isHasty === 1,
        ...seen(train, costs, { ...THOUSAND, policy: 'auto', gate: GATES[1], red }),
      };
}

/** The fewest places with which the road keeps up, or the most that were tried. */
function fewest(core, costs, { gate, red }) {
  let one;
  for (let places = 1; places <= MOST_PLACES; places *= 2) {
    one = seen(core, costs, { ...THOUSAND, policy: 'auto', gate, red, places });
    if (one.outcome.keepsUp) break;
  }
  return one;
}

/** Disjoint parts of the repository, each with its share of the agents, the places and the areas. */
function severalTrains(core, costs, { trains, red, gate }) {
  const share = (number) => Math.max(1, Math.round(number / trains));
  const { cell, outcome } = seen(core, costs, {
    name: `${trains} trains`,
    policy: 'auto',
    gate,
    red,
    agents: share(THOUSAND.agents),
    places: share(2 * THOUSAND.places),
    areas: share(AREAS),
  });
  return { cell, outcome: { ...outcome, landed: outcome.landed * trains, offered: outcome.offered * trains } };
}

function seen(core, costs, { areas = AREAS, ...cell }) {
  return { cell: { areas, ...cell }, outcome: simulate(core, costs, { agent: AGENT, areas, ...cell }) };
}
