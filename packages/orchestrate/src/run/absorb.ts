import type { Task } from '@ralph/protocol/contract/task';
import { MOST_LIMITS, onlyLimits, pauseAfter } from './pause.ts';
import {
  isActive,
  NOTHING_WAITS,
  type Action,
  type Happening,
  type Phase,
  type StopReason,
  type View,
} from './view.ts';

export interface Absorbed {
  readonly next: View;
  readonly actions: readonly Action[];
}

/** Returns what is known after a happening, and what follows from it alone, whatever else there is to do. */
export function absorb(view: View, happening: Happening): Absorbed {
  switch (happening.kind) {
    case 'begun':
      return {
        next: happening.adopted.reduce((before, id) => moved(before, id, 'integrating'), view),
        actions: happening.adopted.map((id) => ({ kind: 'adopt', id })),
      };
    case 'selected':
      return selected(answered(view), happening.task, happening.finished);
    case 'none': {
      const { waiting, nextStart } = happening;
      const next = answered(view);
      // The answer may be older than the change.
      if (view.stale) return only(next);
      const wake: Action[] = nextStart === undefined ? [] : [{ kind: 'wake', at: nextStart }];
      return { next: { ...next, idle: waiting }, actions: wake };
    }
    case 'unreadable': {
      const next = { ...view, asking: false, stale: false };
      if (view.stale) return only(next);
      const again: Action[] = view.lookedAgain || view.unreadable ? [] : [{ kind: 'look_again' }];
      return { next: { ...next, unreadable: true, idle: NOTHING_WAITS }, actions: again };
    }
    case 'looked_again':
      return only({ ...changed(view), lookedAgain: view.unreadable });
    case 'changed':
      return only(changed(view));
    case 'agent_started':
      return only(moved(view, happening.id, 'running'));
    case 'agent_ready': {
      const pauses = view.pausedUntil === undefined ? 0 : view.pauses;
      return {
        next: { ...moved(view, happening.id, 'integrating'), pauses },
        actions: [{ kind: 'integrate', id: happening.id }],
      };
    }
    case 'landed':
      return {
        next: { ...ended(view, happening.id, 'landed'), failuresInRow: 0 },
        actions: [{ kind: 'remove', id: happening.id }],
      };
    case 'published':
      return only({ ...ended(view, happening.id, 'published'), failuresInRow: 0 });
    case 'blocked':
      return only(ended(view, happening.id, 'blocked'));
    case 'failed':
      return failed(view, happening.id);
    case 'limited':
      return limited(view, happening);
    case 'closed':
      return closed(view, happening);
    case 'pause_over':
      if (view.pausedUntil !== undefined && happening.now < view.pausedUntil) return only(view);
      // A question that is open was not about all tasks.
      return only({ ...changed(view), pausedUntil: undefined, held: false });
    case 'stop':
      return stopped(view, happening.reason);
  }
}

function selected(view: View, task: Task, finished: boolean): Absorbed {
  const { stopping } = view;
  if (stopping !== undefined && !(stopping === 'limit' && finished)) return only({ ...view, left: true });
  // Somebody is at work on it, whatever the answer says; something will change when he has done.
  if (isActive(view.phases.get(task.id))) return only({ ...view, idle: NOTHING_WAITS });
  if (!finished && view.pausedUntil !== undefined) return only({ ...view, held: true });
  const scopes = new Map(view.scopes).set(task.id, task.scope ?? []);
  const next = { ...moved(view, task.id, finished ? 'integrating' : 'starting'), scopes };
  return { next, actions: [finished ? { kind: 'adopt', id: task.id } : { kind: 'start', task }] };
}

function failed(view: View, id: string): Absorbed {
  const next = { ...ended(view, id, 'failed'), failuresInRow: view.failuresInRow + 1 };
  const most = view.policy.stopAfterFailures;
  if (most === 0 || next.failuresInRow < most || next.stopping !== undefined) return only(next);
  return stopped(next, onlyLimits(next) ? 'limit' : 'failures');
}

function limited(view: View, { id, retryAfter, turnedAway, now }: Extract<Happening, { kind: 'limited' }>): Absorbed {
  const times = (view.limits.get(id) ?? 0) + (turnedAway ? 1 : 0);
  const counted = { ...view, limits: new Map(view.limits).set(id, times) };
  const after = times < MOST_LIMITS ? only(ended(counted, id, 'limited')) : failed(counted, id);
  // Whoever was held back was told of a pause that is on.
  const isKnown = !turnedAway && view.pausedUntil !== undefined;
  return shut(view, after, { id, pause: isKnown ? undefined : pauseAfter(view, retryAfter, now) });
}

/** The account is known to be closed: another loop or an earlier run was told so. */
function closed(view: View, { id, until, now }: Extract<Happening, { kind: 'closed' }>): Absorbed {
  return shut(view, only(view), { id, pause: pauseAfter(view, (until - now) / 1000, now) });
}

/** Starts no agent for a while; for good, unless the end of the limit is to be waited for. */
function shut(
  view: View,
  after: Absorbed,
  { id, pause }: { readonly id: string; readonly pause: ReturnType<typeof pauseAfter> },
): Absorbed {
  if (!view.policy.waitForQuota) {
    const { next, actions } = stopped({ ...after.next, pausedUntil: pause?.until ?? view.pausedUntil }, 'limit');
    return { next, actions: [...after.actions, ...actions] };
  }
  if (pause === undefined) return after;
  const pauses = view.pausedUntil === undefined ? view.pauses + 1 : view.pauses;
  return {
    next: { ...after.next, pausedUntil: pause.until, pauses },
    actions: [...after.actions, { kind: 'pause', id, ...pause }],
  };
}

/** What ends the run at once is told instead of what lets it run out. */
function stopped(view: View, reason: StopReason): Absorbed {
  if (view.stopping !== undefined && (!endsAtOnce(reason) || endsAtOnce(view.stopping))) return only(view);
  return { next: { ...view, stopping: reason }, actions: [{ kind: 'stopping', reason }] };
}

function endsAtOnce(reason: StopReason): boolean {
  return reason === 'signal' || reason === 'lost';
}

function answered(view: View): View {
  return { ...view, asking: false, stale: false, unreadable: false, lookedAgain: false };
}

function changed(view: View): View {
  return { ...view, idle: undefined, stale: view.asking };
}

function moved(view: View, id: string, phase: Phase): View {
  return { ...view, phases: new Map(view.phases).set(id, phase) };
}

/** What has ended may have set others free, so the next question is asked anew. */
function ended(view: View, id: string, phase: Phase): View {
  return { ...moved(view, id, phase), idle: undefined };
}

function only(next: View): Absorbed {
  return { next, actions: [] };
}
