// One cell of the simulation: a policy under conditions, from an empty road until what is counted is enough.
import { loops, queue, train } from './policies.mjs';
import { World } from './world.mjs';

/** Ours by the program's own decisions, the others by models. */
export const POLICY_NAMES = {
  loops: "the reference's loops",
  queue: 'a serial queue',
  train: 'a train',
  batch: 'batches',
  auto: 'ours: auto',
};

/** What fills the road before anything is counted, in seconds, besides two gates. */
const FILLED = 900;
const COUNTED_HOURS = 3;
/** What was offered by chance in the hours that are counted differs by a few per cent from the mean. */
const KEPT_UP = 0.95;

/**
 * @typedef {object} Cell
 * @property {keyof typeof POLICY_NAMES} policy
 * @property {number} agents
 * @property {number} agent seconds that an agent takes
 * @property {number} gate seconds
 * @property {number} red share
 * @property {number} places for gates
 * @property {number} [areas]
 * @property {number} [seed]
 * @property {number} [hours]
 *
 * @typedef {object} Outcome
 * @property {number} offered tasks an hour that could land if nothing but the agents took time
 * @property {number} landed an hour
 * @property {number} perLanded CI runs for each that has landed
 * @property {number} median seconds from the end of the agent until it has landed
 * @property {number} p95
 * @property {number} busy gate places in the mean
 * @property {number} conflicts share of the landed that were in conflict before
 * @property {boolean} keepsUp
 */

/**
 * @param {Awaited<ReturnType<typeof import('./train-core.mjs').trainCore>>} core
 * @param {import('./policies.mjs').Costs} costs
 * @param {Cell} cell
 * @returns {Outcome}
 */
export function simulate(core, costs, cell) {
  const { agents, agent, gate, red, areas, hours = COUNTED_HOURS, seed = 1 } = cell;
  const counted = FILLED + 2 * gate;
  const world = new World(
    { seed, gate, red, areas, mend: agent / 2, counted },
    policyOf(core, costs, cell.policy, cell.places),
  );
  world.keepBusy(agents, agent);
  const seconds = hours * 3600;
  world.clock.run(counted + seconds);
  const { landings, ciRuns, gateSeconds, conflicts } = world;
  const waits = landings.map(({ waited }) => waited).toSorted((a, b) => a - b);
  const at = (share) => waits[Math.floor((waits.length - 1) * share)] ?? null;
  const offered = ((agents * 3600) / agent) * (1 - red);
  const landed = landings.length / hours;
  return {
    offered,
    landed,
    perLanded: landings.length === 0 ? null : ciRuns / landings.length,
    median: at(0.5),
    p95: at(0.95),
    busy: gateSeconds / seconds,
    conflicts: landings.length === 0 ? null : conflicts / landings.length,
    keepsUp: landed >= KEPT_UP * offered,
  };
}

/** Simulates candidates that end together, as the group `train` of the book measures them. */
export function together(core, costs, { policy, candidates, reds = [], gate, places, seed = 1 }) {
  const world = new World({ seed, gate, red: 0 }, policyOf(core, costs, policy, places));
  world.finishTogether(candidates, reds);
  world.clock.run();
  const { landings, ciRuns } = world;
  return {
    wall: world.clock.now,
    landed: landings.map(({ number }) => number),
    perLanded: ciRuns / landings.length,
  };
}

function policyOf(core, costs, policy, places) {
  switch (policy) {
    case 'loops':
      return loops({ places, costs });
    case 'queue':
      return queue({ costs });
    default:
      return train(core, { landing: policy, places, costs });
  }
}
