import { badLine } from './bad-line.ts';
import type { Failure } from './failure.ts';
import { EVENTS, isEventType, type AnyEvent } from './events.ts';
import { firstIssue } from './first-issue.ts';
import { task, type Task } from './task.ts';
import type * as z from 'zod';

export { badLine };

/** A line of the stream, understood as far as this version can. */
export type StreamLine =
  | { kind: 'event'; event: AnyEvent }
  | { kind: 'task'; task: Task }
  | { kind: 'order'; type: string; record: Record<string, unknown> }
  | { kind: 'unknown' };

/** Names the first thing that is wrong with a record: `commits: expected number`. */
export function describeIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  if (issue === undefined) return 'does not fit its schema';
  const path = issue.path.join('.');
  return path === '' ? issue.message : `${path}: ${issue.message}`;
}

function notOfKind(lineNumber: number, type: string, schema: string, error: z.ZodError): Failure {
  return badLine(
    lineNumber,
    `${type}: ${describeIssue(error)}`,
    `see what it must carry with ralph-state schema ${schema}`,
  );
}

/**
 * Says what a record of the stream is. A record without `type` that has `id` and `title` is a task; an unknown type is
 * passed through by the caller.
 *
 * @throws Failure `bad_line` with the line number when a known event lacks what it must carry.
 */
export function parseLine(record: Record<string, unknown>, lineNumber: number): StreamLine {
  const type = record['type'];
  if (type === undefined && 'id' in record && 'title' in record) {
    const parsed = firstIssue(task, record);
    if (!parsed.success) throw notOfKind(lineNumber, 'task', 'task-record', parsed.error);
    return { kind: 'task', task: parsed.data };
  }
  if (type === undefined) return { kind: 'unknown' };
  if (typeof type !== 'string') throw badLine(lineNumber, 'type is not a string');
  if (!isEventType(type)) return { kind: 'order', type, record };
  const parsed = firstIssue<unknown>(EVENTS[type], record);
  if (!parsed.success) throw notOfKind(lineNumber, type, `event.${type}`, parsed.error);
  const event = parsed.data as AnyEvent;
  return event.type === 'task'
    ? { kind: 'task', task: withAttempt(event.task, event.attempt) }
    : { kind: 'event', event };
}

function withAttempt(value: Task, attempt: number | undefined): Task {
  return attempt === undefined ? value : { ...value, attempt };
}
