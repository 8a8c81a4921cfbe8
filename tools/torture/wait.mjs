import { setTimeout as pauseFor } from 'node:timers/promises';

const LOOK_MS = 20;

/** Lets so many milliseconds go by, or less when the signal comes. */
export async function pause(milliseconds, signal) {
  await pauseFor(milliseconds, undefined, { signal }).catch(() => undefined);
}

/** Waits until a condition holds; returns whether it does, and gives up after so many milliseconds or at the signal. */
export async function comesTrue(condition, limitMs, signal) {
  const deadline = performance.now() + limitMs;
  for (;;) {
    if (await condition()) return true;
    if (performance.now() > deadline || signal?.aborted === true) return false;
    await pause(LOOK_MS, signal);
  }
}
