// What most faults have in common: nothing is prepared, something is done while the run goes on, nothing is to be healed.

/** Returns whether there is a /proc to find processes by. */
export function withoutProc() {
  return process.platform === 'linux' ? undefined : 'there is no /proc here';
}

/**
 * Returns a fault that only strikes.
 *
 * @param {(world: import('../world/make-world.mjs').World, run: import('../one-run.mjs').Run, dice: () => number) => Promise<number>} act
 *   returns how often it has done something
 * @returns {import('./list.mjs').Fault}
 */
export function striking(name, kind, act, missing = withoutProc) {
  return {
    name,
    kind,
    missing,
    arm: async (world, dice) => {
      let hits = 0;
      return {
        strike: async (run) => {
          hits += await act(world, run, dice);
        },
        hits: () => hits,
        disarm: async () => undefined,
      };
    },
  };
}
