/** A flood is not looked at more often than that. */
const SHORTEST_MS = 10;
/** What an agent can write in that time is what a log may be too long for a moment. */
const LONGEST_MS = 250;
export const FIRST_LOOK_MS = 50;

export interface LogGrowth {
  /** Bytes that the file has now. */
  readonly size: number;
  readonly limitBytes: number;
  /** Bytes that came since the last look, and the time since then. */
  readonly grownBytes: number;
  readonly elapsedMs: number;
  /** Left until a silent agent is ended. */
  readonly idleLeftMs: number;
}

/**
 * Returns after how many milliseconds a log is to be looked at again: halfway to its limit at the pace seen, ever more
 * rarely while nothing comes, and no later than the end of the idle time.
 */
export function nextLookMs({ size, limitBytes, grownBytes, elapsedMs, idleLeftMs }: LogGrowth): number {
  const pause = grownBytes > 0 ? ((limitBytes - size) * elapsedMs) / grownBytes / 2 : elapsedMs * 2;
  return Math.max(1, Math.min(Math.max(pause, SHORTEST_MS), LONGEST_MS, idleLeftMs));
}
