import { timerMs } from '@ralph/protocol/cli/timer-ms';

/** Share of a pause by which it is made longer or shorter, so that rivals do not meet again and again. */
const JITTER = 0.2;

/**
 * Returns the pause before try number `index` (from 0), in milliseconds: the element of the schedule, the last one
 * repeated, moved by up to a fifth either way. An empty schedule means no pause (reference: part A2, which has no
 * jitter).
 *
 * @param random a number from 0 to 1
 */
export function pauseMs(schedule: readonly number[], index: number, random: number): number {
  const base = schedule[Math.min(index, schedule.length - 1)] ?? 0;
  return Math.round(base * (1 - JITTER + 2 * JITTER * random));
}

/** Waits, at most until the signal is aborted. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, timerMs(ms));
    signal.addEventListener('abort', done, { once: true });
  });
}
