import type { QueueLock, StatusFacts } from './facts.ts';
import type { Groups } from './groups.ts';

/** What matters most, by which the document is written. */
export type Situation =
  | { readonly kind: 'queue_lock'; readonly lock: QueueLock }
  | {
      readonly kind:
        | 'not_started'
        | 'in_progress'
        | 'workers_lost'
        | 'work_waiting'
        | 'blocked'
        | 'failed'
        | 'in_review'
        | 'drift'
        | 'idle';
    };

/**
 * Decides what matters most (reference: status, precedence 1 to 7). Beside the reference's stand records whose
 * process is gone, and finished work that nobody is there to integrate: it calls both "in progress" for ever. Pure.
 */
export function situationOf(facts: StatusFacts, groups: Groups): Situation {
  const { state, queueLock, runIsAlive } = facts;
  const atWork = groups.running.length + groups.integrating.length > 0;
  // A run that has begun a moment ago has not judged yet what an earlier one has left.
  const inProgress = atWork || (groups.waiting.length + groups.lost.length > 0 && runIsAlive);
  if (queueLock !== undefined && (queueLock.condition !== 'live' || !inProgress)) {
    return { kind: 'queue_lock', lock: queueLock };
  }
  if (state === undefined) return { kind: 'not_started' };
  if (inProgress) return { kind: 'in_progress' };
  if (groups.lost.length > 0) return { kind: 'workers_lost' };
  if (groups.waiting.length > 0) return { kind: 'work_waiting' };
  if (groups.blocked.length > 0) return { kind: 'blocked' };
  if (groups.failed.length > 0) return { kind: 'failed' };
  if (groups.published.length > 0) return { kind: 'in_review' };
  return groups.drift.length > 0 ? { kind: 'drift' } : { kind: 'idle' };
}
