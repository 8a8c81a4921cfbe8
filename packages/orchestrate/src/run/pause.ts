import type { View } from './view.ts';

/** A pause that nobody has named doubles up to this, in seconds. */
const LONGEST_PAUSE = 15 * 60;

/** No word of an agent holds a run for longer, in seconds: then it is tried again. */
export const LONGEST_TOLD_PAUSE = 24 * 3600;

/** Times are told in whole seconds: those that differ by no more are one. */
const SAME_MS = 1500;

/** A task that was turned away so often in one run has failed. */
export const MOST_LIMITS = 5;

/** Returns the seconds for which a rate limit that does not say so is waited out: doubled with each pause in a row. */
export function pauseSeconds({ policy, pauses }: View): number {
  return Math.max(policy.firstPause, Math.min(LONGEST_PAUSE, policy.firstPause * 2 ** Math.min(pauses, 30)));
}

/**
 * Decides how long no agent is started after one was turned away. Those that are turned away while a pause is on were
 * started before it: they do not make the next one longer, unless they were told a later time.
 *
 * @param retryAfter seconds, where the agent was told
 * @returns the seconds and the end in ms; nothing when the pause that is on is long enough
 */
export function pauseAfter(
  view: View,
  retryAfter: number | undefined,
  now: number,
): { readonly seconds: number; readonly until: number } | undefined {
  const { pausedUntil } = view;
  if (pausedUntil !== undefined && retryAfter === undefined) return undefined;
  const seconds = retryAfter === undefined ? pauseSeconds(view) : Math.min(LONGEST_TOLD_PAUSE, Math.max(1, retryAfter));
  const until = now + seconds * 1000;
  return pausedUntil !== undefined && pausedUntil + SAME_MS >= until ? undefined : { seconds, until };
}

/** Tells whether a task counts as failed only because a rate limit has turned it away too often. */
export function isLimitedOut({ phases, limits }: View, id: string): boolean {
  return phases.get(id) === 'failed' && (limits.get(id) ?? 0) >= MOST_LIMITS;
}

/** Tells whether a rate limit is all that kept work from being done. */
export function onlyLimits(view: View): boolean {
  const kept = [...view.phases].filter(([, phase]) => phase === 'failed' || phase === 'blocked' || phase === 'limited');
  return kept.length > 0 && kept.every(([id, phase]) => phase === 'limited' || isLimitedOut(view, id));
}
