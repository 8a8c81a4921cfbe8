import { badLine } from '@ralph/protocol/contract/bad-line';
import { Failure } from '@ralph/protocol/contract/failure';
import { firstIssue } from '@ralph/protocol/contract/first-issue';
import { describeIssue } from '@ralph/protocol/contract/parse-line';
import { isSafeTaskId } from '@ralph/protocol/contract/task-id';
import { task } from '@ralph/protocol/contract/task';
import type * as z from 'zod';

const wanted = task.partial({ id: true });

/** A task as it was asked for: it may have no id yet. */
export interface NewTask {
  readonly fields: z.infer<typeof wanted>;
  /** Of its line on stdin; 0 when it was given by options. */
  readonly line: number;
}

/** A file of ours that is nested deeper is refused when it is read. */
const DEEPEST = 100;

/**
 * Checks what can be told of a new task without the queue. `attempt`, which we add to lines that ask for work, is
 * dropped; unknown fields are kept.
 *
 * @throws Failure `bad_line` or `task_unsafe_id`, and `queue_invalid` for a title that no person could read
 */
export function newTask(record: Readonly<Record<string, unknown>>, line: number): NewTask {
  const parsed = firstIssue(wanted, record);
  if (!parsed.success) throw badLine(line, `task: ${describeIssue(parsed.error)}`);
  const { attempt: _attempt, ...fields } = parsed.data;
  requireTitle(fields.title, line);
  if (fields.id !== undefined && !isSafeTaskId(fields.id)) {
    throw new Failure('task_unsafe_id', `${placeOf(line)}${JSON.stringify(fields.id)} cannot be the id of a task`, {
      hint: 'use letters, digits, dot, dash and underscore, or leave the id out',
      ...atLine(line),
    });
  }
  const problem = storageProblem(record);
  if (problem !== undefined) throw badLine(line, `task: ${problem}`);
  return { fields, line };
}

/** Returns where a task came from, as the beginning of a message. */
export function placeOf(line: number): string {
  return line === 0 ? '' : `line ${line} of stdin: `;
}

/** Returns the details of a failure that tell the line. */
export function atLine(line: number): { details?: { line: number } } {
  return line === 0 ? {} : { details: { line } };
}

function requireTitle(title: string, line: number): void {
  const problem = title.trim() === '' ? 'is blank' : /\p{Cc}/u.test(title) ? 'holds a control character' : undefined;
  if (problem === undefined) return;
  const where = line === 0 ? '--title' : `${placeOf(line)}title`;
  throw new Failure('queue_invalid', `${where} ${problem}: ${JSON.stringify(title)}`, {
    hint: 'give a title of one line of text',
    ...atLine(line),
  });
}

/** Says why a task that JSON can carry could not be read back from the queue file. */
function storageProblem(record: object): string | undefined {
  for (let level: object[] = [record], depth = 1; level.length > 0; depth += 1) {
    if (depth > DEEPEST) return `nested deeper than ${DEEPEST}`;
    if (level.some((value) => Object.hasOwn(value, '__proto__'))) return 'a key named __proto__';
    level = level.flatMap((value) => Object.values(value).filter(isObject));
  }
  return undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
