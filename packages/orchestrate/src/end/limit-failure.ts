import { Failure } from '@ralph/protocol/contract/failure';
import { pauseSeconds } from '../run/pause.ts';
import type { Results } from '../run/results.ts';
import type { View } from '../run/view.ts';

export interface LimitEnd {
  /** What of the budget is used up. */
  readonly spent: string | undefined;
  /** Seconds after which agents may be tried again. */
  readonly retryAfter: number | undefined;
  readonly results: Results;
  /** What a person types to go on. */
  readonly again: string;
}

/**
 * Returns the seconds after which a run that a rate limit has ended may be started again.
 *
 * @param now milliseconds since 1970
 */
export function retryAfterOf(view: View, now: number): number {
  if (view.pausedUntil === undefined) return Math.ceil(pauseSeconds(view));
  return Math.max(1, Math.ceil((view.pausedUntil - now) / 1000));
}

/** Returns what a run fails with that was ended by a limit: a program that started it learns when to come again. */
export function limitFailure(view: View, { spent, retryAfter, results, again }: LimitEnd): Failure {
  if (view.stopping === 'budget') {
    return new Failure('budget_spent', `the budget of the run is spent: ${spent ?? ''}`, {
      hint: `to go on with a new one: ${again}`,
      details: { spent },
    });
  }
  const turnedAway = [...results.values()].find(({ code }) => code === 'rate_limited');
  const [said = ''] = (turnedAway?.reason ?? '').split('\n');
  const who = turnedAway === undefined ? 'an agent was turned away' : `the agent of ${turnedAway.id} was turned away`;
  return new Failure('rate_limited', `${who} by a limit of its provider${said === '' ? '' : `: ${said}`}`, {
    hint: `in ${retryAfter ?? 0} s: ${again}  # or let it wait: --wait-for-quota`,
    ...(retryAfter === undefined ? {} : { retryAfter }),
    details: { retry_after: retryAfter },
  });
}
