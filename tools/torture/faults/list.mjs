// All faults. Each is dealt to some disturbed runs (see ../deal.mjs).
import { BELOW } from './below.mjs';
import { FOREIGN_FAULTS } from './foreign.mjs';
import { FOREIGN_EDITS } from './foreign-edits.mjs';
import { GIT_FAULTS } from './git.mjs';
import { PIPE_FAULTS } from './pipes.mjs';
import { REMOVALS } from './removals.mjs';
import { SIGNAL_FAULTS } from './signals.mjs';

/**
 * @typedef {object} Fault
 * @property {string} name   printed in the table
 * @property {'signal' | 'pipe' | 'git' | 'foreign' | 'removal' | 'call' | 'disk' | 'clock' | 'remote'} kind
 * @property {() => string | undefined} missing   why it cannot be done on this machine; undefined where it can
 * @property {(world: import('../world/make-world.mjs').World, dice: () => number) => Promise<Armed>} arm called before a run is started
 *
 * @typedef {object} Armed
 * @property {Record<string, string>} [env]    added to the environment of the run
 * @property {readonly string[]} [args]        added to the options of the run
 * @property {(run: import('../one-run.mjs').Run) => Promise<void>} [strike] called at moments of chance while the run goes on
 * @property {() => number} hits               how often it has really done something
 * @property {() => Promise<void>} disarm      makes the machine whole again; what the programs have left behind stays
 */

/** @type {readonly Fault[]} */
export const FAULTS = [
  ...SIGNAL_FAULTS,
  ...PIPE_FAULTS,
  ...GIT_FAULTS,
  ...FOREIGN_FAULTS,
  ...FOREIGN_EDITS,
  ...REMOVALS,
  ...BELOW,
];

/** Returns those that this machine can do. */
export function possibleFaults(faults = FAULTS) {
  return faults.filter((fault) => fault.missing() === undefined);
}
