// Every fault of what is below and outside the processes.
import { CALL_FAULTS } from './calls.mjs';
import { CLOCK_FAULTS } from './clock.mjs';
import { fullDisk } from './full-disk.mjs';
import { REMOTE_FAULTS } from './remotes.mjs';

/** @type {readonly import('./list.mjs').Fault[]} */
export const BELOW = [...CALL_FAULTS, fullDisk, ...CLOCK_FAULTS, ...REMOTE_FAULTS];
