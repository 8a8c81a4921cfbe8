import type { EventType } from './events.ts';

/** The events that the state file takes in; all others leave it as it is. */
export const RECORD_EVENTS = [
  'workspace.ready',
  'agent.started',
  'agent.finished',
  'work.salvaged',
  'integrate.started',
  'task.completed',
  'task.published',
  'task.blocked',
  'task.failed',
] as const satisfies readonly EventType[];

const types: ReadonlySet<unknown> = new Set(RECORD_EVENTS);

/** Tells whether a type is that of an event which the state file takes in. */
export function isRecordType(type: unknown): type is (typeof RECORD_EVENTS)[number] {
  return types.has(type);
}
