/** Defaults of a run (the reference's, except that one worker is allowed here). */
export const DEFAULTS = {
  workers: 2,
  maxPushAttempts: 50,
  pushBackoffMs: [500, 2000, 5000, 10000],
  retentionHours: 24,
  interruptGraceMs: 1500,
  killGraceMs: 100,
} as const;
