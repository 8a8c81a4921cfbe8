import type { AnyEvent } from '@ralph/protocol/contract/events';
import type { Lifecycle } from '@ralph/protocol/contract/lifecycle';
import { isRecordType, type RECORD_EVENTS } from '@ralph/protocol/contract/record-events';

/** The events that say something about the record of an attempt. */
export type RecordEvent = Extract<AnyEvent, { type: (typeof RECORD_EVENTS)[number] }>;

/**
 * What an event does to a record of its own attempt that says something else: `apply` it, `keep` the record since it
 * is further on already, or `refuse` the event since it cannot be true.
 */
export type Rule = 'apply' | 'keep' | 'refuse';

/** The lifecycle that an event leads to; absent where it only adds to the record. */
export const LEADS_TO: Readonly<Record<RecordEvent['type'], Lifecycle | undefined>> = {
  'workspace.ready': 'running',
  'agent.started': 'running',
  'agent.finished': 'running',
  'work.salvaged': undefined,
  'integrate.started': 'integrating',
  'task.completed': 'completed',
  'task.published': 'blocked_push',
  'task.blocked': 'blocked_push',
  'task.failed': 'failed',
};

/**
 * Which lifecycle may follow which, event by event. What was blocked or lost may be integrated again under the same
 * attempt, since its work was kept. What has landed stays landed: integrating it again finds that out by itself, and
 * nothing can make it failed.
 */
export const RULES: Readonly<Record<RecordEvent['type'], Readonly<Record<Lifecycle, Rule>>>> = {
  'workspace.ready': {
    running: 'apply',
    integrating: 'refuse',
    completed: 'refuse',
    failed: 'refuse',
    blocked_push: 'refuse',
  },
  'agent.started': {
    running: 'apply',
    integrating: 'refuse',
    completed: 'refuse',
    failed: 'refuse',
    blocked_push: 'refuse',
  },
  'agent.finished': {
    running: 'apply',
    integrating: 'refuse',
    completed: 'refuse',
    failed: 'refuse',
    blocked_push: 'refuse',
  },
  'work.salvaged': {
    running: 'apply',
    integrating: 'apply',
    completed: 'apply',
    failed: 'apply',
    blocked_push: 'apply',
  },
  'integrate.started': {
    running: 'apply',
    integrating: 'apply',
    completed: 'keep',
    failed: 'apply',
    blocked_push: 'apply',
  },
  'task.completed': {
    running: 'apply',
    integrating: 'apply',
    completed: 'keep',
    failed: 'refuse',
    blocked_push: 'refuse',
  },
  'task.published': {
    running: 'apply',
    integrating: 'apply',
    completed: 'refuse',
    failed: 'apply',
    blocked_push: 'apply',
  },
  'task.blocked': {
    running: 'apply',
    integrating: 'apply',
    completed: 'refuse',
    failed: 'apply',
    blocked_push: 'apply',
  },
  'task.failed': {
    running: 'apply',
    integrating: 'apply',
    completed: 'refuse',
    failed: 'apply',
    blocked_push: 'apply',
  },
};

/** What a person may ask for, by lifecycle: `always`, `when_idle` only while nobody is at work, or `never`. */
export type Permission = 'always' | 'when_idle' | 'never';

/** Whether a task may be asked for again. */
export const MAY_BE_RETRIED: Readonly<Record<Lifecycle, Permission>> = {
  running: 'when_idle',
  integrating: 'when_idle',
  completed: 'never',
  failed: 'always',
  blocked_push: 'always',
};

/** Whether a record may be dropped. */
export const MAY_BE_REMOVED: Readonly<Record<Lifecycle, Permission>> = {
  running: 'when_idle',
  integrating: 'when_idle',
  completed: 'always',
  failed: 'always',
  blocked_push: 'always',
};

/** Tells whether an event says something about the record of an attempt. */
export function isRecordEvent(event: AnyEvent): event is RecordEvent {
  return isRecordType(event.type);
}
