/**
 * Returns numbers of chance from 0 up to 1. Their seed is printed, so that a failure can be repeated: `RALPH_TEST_SEED`
 * in the environment sets it.
 */
export function seededChance(): () => number {
  const seed = Number(process.env['RALPH_TEST_SEED'] ?? Date.now() % 1e6);
  process.stdout.write(`RALPH_TEST_SEED=${seed}\n`);
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Lets turns of the event loop pass until so many milliseconds have gone by: for a test of what happens at a moment. */
export async function momentAfter(milliseconds: number): Promise<void> {
  const moment = performance.now() + milliseconds;
  while (performance.now() < moment) await new Promise((resolve) => setImmediate(resolve));
}
