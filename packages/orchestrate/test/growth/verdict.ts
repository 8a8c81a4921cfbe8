// Judges a series of samples: pure, so that it can be shown to find a leak.

/** One figure at a moment: how many tasks had ended, and what was measured. */
export interface Point {
  readonly ended: number;
  readonly value: number;
}

export interface Allowance {
  /** What the last part may have more than the early one, whatever the number of tasks. */
  readonly more: number;
  /** What each task between them may add. */
  readonly perTask: number;
}

export interface Verdict {
  readonly early: number;
  readonly late: number;
  /** By how much each task has made it grow, between the two. */
  readonly perTask: number;
  readonly holds: boolean;
}

/** What is warm by then: caches, compiled code, pools. */
const WARM_AFTER = 0.2;
const PART = 0.2;

/**
 * Compares what was measured after a fifth of the tasks with the end of the series. Of each part the lower quartile
 * counts: garbage that is yet to be collected, and a machine that is busy, only ever add.
 *
 * @returns nothing for a series with less than two points in a part
 */
export function judgeGrowth(points: readonly Point[], { more, perTask }: Allowance): Verdict | undefined {
  const last = Math.max(0, ...points.map(({ ended }) => ended));
  const early = points.filter(({ ended }) => ended >= last * WARM_AFTER && ended < last * (WARM_AFTER + PART));
  const late = points.filter(({ ended }) => ended > last * (1 - PART));
  if (early.length < 2 || late.length < 2) return undefined;
  const [before, after] = [lowerQuartile(early), lowerQuartile(late)];
  const tasks = middle(late) - middle(early);
  const grown = after - before;
  return { early: before, late: after, perTask: grown / tasks, holds: grown <= more + perTask * tasks };
}

function lowerQuartile(points: readonly Point[]): number {
  const sorted = points.map(({ value }) => value).toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 4)] ?? Number.NaN;
}

function middle(points: readonly Point[]): number {
  return points.reduce((sum, { ended }) => sum + ended, 0) / points.length;
}
