import type { Line, Rules } from './line.ts';

/** Candidates whose end is remembered. */
export const REMEMBERED = 40;

/** No more than this share one gate run. */
const LARGEST_BATCH = 16;

/** What is believed before anything was seen: a red one in two hundred, with the weight of twenty candidates. */
const BELIEVED = { reds: 0.1, seen: 20 };

/**
 * Returns how many candidates may share one gate run. Finding a culprit among b costs about log2(b) runs more, which
 * comes to a red share of p once in 1/(p·b) batches; the sum is least near 1/√p.
 */
export function batchSize(reds: readonly boolean[]): number {
  const red = reds.filter(Boolean).length;
  const share = (red + BELIEVED.reds) / (reds.length + BELIEVED.seen);
  return Math.max(1, Math.min(LARGEST_BATCH, Math.round(1 / Math.sqrt(share))));
}

/** Tells whether candidates land strictly one after the other. */
export function isSerial({ landing, jobs }: Rules): boolean {
  return landing === 'serial' || (landing === 'auto' && jobs === 1);
}

/** Returns how many candidates are stacked at most. */
export function stackDepth({ reds }: Line, rules: Rules): number {
  if (isSerial(rules)) return 1;
  return rules.landing === 'train' ? rules.jobs : Math.max(rules.jobs, rules.jobs * batchSize(reds));
}
