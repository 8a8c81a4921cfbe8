/** Node keeps the time of a timer in 32 bits with a sign, and lets one fire at once that is set to more. */
const LONGEST_MS = 2 ** 31 - 1;

/** Returns the milliseconds to give to a timer: those asked for, or the most that one can hold, some 25 days. */
export function timerMs(ms: number): number {
  return Math.min(ms, LONGEST_MS);
}
