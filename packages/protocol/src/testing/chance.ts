import { setTimeout as pause } from 'node:timers/promises';

/** What a timer may be late by: the last of a wait is spent in turns of the event loop. */
const TIMER_MS = 5;

/**
 * Returns numbers of chance from 0 up to 1. Their seed is printed, so that a failure can be repeated: `RALPH_TEST_SEED`
 * in the environment sets it.
 */
export function seededChance(): () => number {
  return chanceOf(testSeed());
}

/** Returns the seed of a test, and prints it: that of `RALPH_TEST_SEED`, or one of the moment. */
export function testSeed(): number {
  const seed = Number(process.env['RALPH_TEST_SEED'] ?? Date.now() % 1e6);
  process.stdout.write(`RALPH_TEST_SEED=${seed}\n`);
  return seed;
}

/** Returns numbers of chance from 0 up to 1 that are the same for a seed and a case of it, whatever else is run. */
export function chanceOf(seed: number, one = 0): () => number {
  let state = (seed + Math.imul(one, 2654435761)) >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Lets so many milliseconds go by: for a test of what happens at a moment. */
export async function momentAfter(milliseconds: number): Promise<void> {
  const moment = performance.now() + milliseconds;
  if (milliseconds > 2 * TIMER_MS) await pause(milliseconds - TIMER_MS);
  while (performance.now() < moment) await new Promise((resolve) => setImmediate(resolve));
}
