import { Failure } from '@ralph/protocol/contract/failure';
import { badLine } from '@ralph/protocol/contract/bad-line';
import { describeIssue } from '@ralph/protocol/contract/parse-line';
import { isSafeTaskId, task, type Task } from '@ralph/protocol/contract/task';
import { QueueStore } from '../store/queue-store.ts';
import { nextTaskId } from './task-id.ts';
import { withWriteLock } from '../store/write-lock.ts';

const draft = task.partial({ id: true });

/**
 * Adds a task to the end of the queue, with the next free id where it has none, and returns it as it stands there.
 *
 * @param line number of its line on stdin, for the message; 0 for one that was given as an option
 * @throws Failure `bad_line`, `task_unsafe_id`, `task_exists`, or `queue_invalid` for a title that no person could read
 *   and when the queue would not be valid with it; nothing is written then
 */
export function addTask(
  root: string,
  signal: AbortSignal,
  fields: Readonly<Record<string, unknown>>,
  line: number,
): Promise<Task> {
  const parsed = draft.safeParse(fields);
  if (!parsed.success) throw badLine(line, `task: ${describeIssue(parsed.error)}`);
  const { id: wantedId, title, status, ...rest } = parsed.data;
  requireTitle(title, line);
  if (wantedId !== undefined && !isSafeTaskId(wantedId)) {
    throw new Failure('task_unsafe_id', `${JSON.stringify(wantedId)} cannot be the id of a task`, {
      hint: 'use letters, digits, dot, dash and underscore, or leave the id out',
    });
  }
  return withWriteLock(root, signal, async (lock) => {
    const store = new QueueStore(root);
    const pair = await store.readHealed(lock);
    const ids = [...pair.queue.tasks, ...pair.done.tasks].map((other) => other.id);
    const id = wantedId ?? nextTaskId(ids);
    if (ids.includes(id)) {
      throw new Failure('task_exists', `there is a task ${id} already`, {
        hint: 'choose another id, or leave it out',
        taskId: id,
      });
    }
    const at = new Date().toISOString();
    const added = { id, status: status ?? 'todo', title, created_at: at, updated_at: at, ...rest };
    await store.add(lock, pair, added);
    return added;
  });
}

function requireTitle(title: string, line: number): void {
  const problem = title.trim() === '' ? 'is blank' : /\p{Cc}/u.test(title) ? 'holds a control character' : undefined;
  if (problem === undefined) return;
  const where = line === 0 ? '--title' : `line ${line} of stdin: title`;
  throw new Failure('queue_invalid', `${where} ${problem}: ${JSON.stringify(title)}`, {
    hint: 'give a title of one line of text',
    ...(line === 0 ? {} : { details: { line } }),
  });
}
