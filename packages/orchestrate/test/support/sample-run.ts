import type { AnyEvent } from '@ralph/protocol/contract/events';
import { modelAfter, NOTHING_SEEN, type Model } from '../../src/view/model.ts';

export const BEGUN = Date.parse('2026-03-01T12:00:00.000Z');

/** Returns an event, some seconds after the beginning of the run. */
export function eventOf(type: AnyEvent['type'], fields: object = {}, seconds = 0): AnyEvent {
  return {
    v: 1,
    type,
    at: new Date(BEGUN + seconds * 1000).toISOString(),
    attempt: 1,
    ...fields,
  } as unknown as AnyEvent;
}

export const STARTED = eventOf('run.started', { run_id: 'r', target_branch: 'main', workers: 4, gates: 1 });

/** What an agent's end says when its work is to be integrated. */
export const READY = { reason: 'exited', exit_code: 0, signal: null, commits: 1 };

export function modelOf(events: readonly AnyEvent[], from: Model = NOTHING_SEEN): Model {
  return events.reduce(modelAfter, from);
}

/** Returns a run in which so many agents are at work. */
export function agentsAtWork(count: number, title = 'a title', line = 'a line'): Model {
  const ids = Array.from({ length: count }, (_, index) => `RQ-${String(index + 1).padStart(4, '0')}`);
  return modelOf([
    STARTED,
    ...ids.flatMap((task_id) => [
      eventOf('task.selected', { task_id, title, how: 'start' }),
      eventOf('agent.started', { task_id, title, log_path: '/log' }, 1),
      eventOf('agent.progress', { task_id, bytes: 1, last_line: line }, 2),
    ]),
  ]);
}
