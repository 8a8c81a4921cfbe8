import type { ExitName } from '@ralph/protocol/contract/exit-status';
import type { RUN_OUTCOMES } from '@ralph/protocol/contract/events';
import { onlyLimits } from '../run/pause.ts';
import { count, maxReached, NOTHING_WAITS, type StopReason, type View } from '../run/view.ts';

export type Outcome = (typeof RUN_OUTCOMES)[number];

/**
 * Names how a run ended. It is `limit` where a rate limit or a spent budget kept it from starting more, whatever became of
 * what it did start, since to be run again later is what it needs; else work that did not land makes it `partial`; a run
 * that found tasks but could start none of them is `blocked`, one that found nothing `no_candidates`.
 */
export function outcomeOf(view: View): Outcome {
  if (view.stopping === 'limit' || (view.stopping === 'budget' && view.left) || onlyLimits(view)) return 'limit';
  if (count(view, 'failed', 'blocked') > 0) return 'partial';
  if (view.stopping !== undefined && view.stopping !== 'budget') return 'stopped';
  if (view.phases.size > 0) return 'completed';
  return waitingTasks(view) > 0 || view.unreadable ? 'blocked' : 'no_candidates';
}

/** Says why a run started nothing more although there may have been something; nothing where it found nothing more. */
export function stopReasonOf(view: View): StopReason | undefined {
  if (view.stopping !== undefined) return view.stopping;
  if (maxReached(view)) return 'max_tasks';
  return onlyLimits(view) ? 'limit' : undefined;
}

/** Returns how many tasks were left that could not be started. */
export function waitingTasks(view: View): number {
  return Object.values(view.idle ?? {}).reduce((sum, number) => sum + number, 0);
}

/** Says for what the tasks wait that could not be started: `1 for another task, 2 for a person`. */
export function waitingWords(view: View): string {
  const { dependency, schedule, draft, blocked, scope = 0, failed = 0, unpushed = 0 } = view.idle ?? NOTHING_WAITS;
  const parts: readonly (readonly [number, string])[] = [
    [dependency, 'for another task'],
    [schedule, 'for their time'],
    [scope, 'for others with the same scope'],
    [blocked, 'for a person (ralph-state list --lifecycle blocked_push)'],
    [failed, 'failed too often (ralph-orchestrate retry ID)'],
    [unpushed, 'for the push of the queue that has them'],
    [draft, 'as drafts (--include-draft)'],
  ];
  return parts.flatMap(([count, words]) => (count === 0 ? [] : [`${count} ${words}`])).join(', ');
}

/** Returns the status that a run ends with. */
export function outcomeStatus(outcome: Outcome): ExitName {
  switch (outcome) {
    case 'completed':
    case 'no_candidates':
    case 'blocked':
    case 'stopped':
      return 'ok';
    case 'partial':
      return 'partial';
    case 'limit':
      return 'limit';
    case 'interrupted':
      return 'cancelled';
  }
}
