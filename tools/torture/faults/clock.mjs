// The clock of the day jumps while the programs run, as on a machine that wakes up or is set by hand.
import { missingLibrary } from '../preload/library.mjs';
import { between } from '../chance.mjs';
import { ruleOf } from './plan-of-world.mjs';

const HOUR_S = 3600;

function clockFault(name, seconds) {
  return {
    name,
    kind: 'clock',
    missing: missingLibrary,
    arm: async (world, dice) => {
      const { plan, free } = ruleOf(world);
      const jump = seconds(dice);
      const before = plan.clockHits();
      return {
        env: plan.env,
        strike: async () => plan.shiftClock(jump),
        hits: () => (plan.clockHits() > before ? 1 : 0),
        disarm: async () => {
          plan.shiftClock(0);
          free();
        },
      };
    },
  };
}

/** @type {import('./list.mjs').Fault[]} */
export const CLOCK_FAULTS = [
  clockFault('clock jumps forward', (dice) => between(1, 30, dice) * 24 * HOUR_S),
  clockFault('clock jumps back', (dice) => -between(1, 12, dice) * HOUR_S),
];
