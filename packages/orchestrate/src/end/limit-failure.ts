import { Failure } from '@ralph/protocol/contract/failure';
import { pauseSeconds } from '../run/pause.ts';
import type { Closed } from '../quota/run-limits.ts';
import type { Results } from '../run/results.ts';
import type { View } from '../run/view.ts';

export interface LimitEnd {
  /** What of the budget is used up. */
  readonly spent: string | undefined;
  /** Seconds after which agents may be tried again. */
  readonly retryAfter: number | undefined;
  readonly results: Results;
  /** Who else was turned away, where that was known from others. */
  readonly closed: Closed | undefined;
  /** Whose quota the agents use. */
  readonly account: string;
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
export function limitFailure(view: View, end: LimitEnd): Failure {
  const { spent, retryAfter, again } = end;
  const told = retryAfter === undefined ? {} : { retryAfter };
  const when = retryAfter === undefined ? 'to go on' : `in ${retryAfter} s`;
  if (view.stopping === 'budget') {
    const also = retryAfter === undefined ? '' : `; besides, ${limitWords(end)}`;
    return new Failure('budget_spent', `the budget of the run is spent: ${spent ?? ''}${also}`, {
      hint: `${when}, with a new budget: ${again}`,
      ...told,
      details: { spent },
    });
  }
  const ways = view.policy.waitForQuota ? '' : '  # or let it wait: --wait-for-quota';
  return new Failure('rate_limited', limitWords(end), {
    hint: `${when}: ${again}${ways}`,
    ...told,
    details: { account: end.account, ...(retryAfter === undefined ? {} : { retry_after: retryAfter }) },
  });
}

function limitWords({ results, closed, account }: LimitEnd): string {
  const turnedAway = [...results.values()].find(({ code }) => code === 'rate_limited');
  if (turnedAway === undefined && closed !== undefined) {
    const until = new Date(closed.until).toISOString();
    return `no agent of account ${account} is started before ${until}, since that of ${closed.id} was turned away: ${closed.reason} (--despite-quota starts them all the same)`;
  }
  const [said = ''] = (turnedAway?.reason ?? '').split('\n');
  const who = turnedAway === undefined ? 'an agent was turned away' : `the agent of ${turnedAway.id} was turned away`;
  return `${who} by a limit of its provider${said === '' ? '' : `: ${said}`}`;
}
