import type { AnyEvent } from '@ralph/protocol/contract/events';
import { isReady } from '@ralph/protocol/contract/agent-end';
import type { Happening } from './view.ts';

/**
 * Returns what an event of a sibling means to the schedule; nothing for one that decides nothing.
 *
 * @param now ms of the wall clock
 */
export function happeningOf(event: AnyEvent, now: number): Happening | undefined {
  if (event.type === 'agent.started') return { kind: 'agent_started', id: event.task_id };
  if (event.type === 'agent.finished') return isReady(event) ? { kind: 'agent_ready', id: event.task_id } : undefined;
  if (event.type === 'task.completed') return { kind: 'landed', id: event.task_id };
  if (event.type === 'task.published') return { kind: 'published', id: event.task_id };
  if (event.type === 'task.skipped' && event.code === 'rate_limited') {
    return { kind: 'limited', id: event.task_id, retryAfter: event.retry_after, turnedAway: false, now };
  }
  if (event.type === 'task.blocked' || event.type === 'task.skipped') return { kind: 'blocked', id: event.task_id };
  if (event.type !== 'task.failed') return undefined;
  if (event.code !== 'rate_limited') return { kind: 'failed', id: event.task_id };
  return { kind: 'limited', id: event.task_id, retryAfter: event.retry_after, turnedAway: true, now };
}
