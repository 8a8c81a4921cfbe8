import { Failure } from '@ralph/protocol/contract/failure';
import type { Task } from '@ralph/protocol/contract/task';
import { QueueStore, type QueuePair } from '../store/queue-store.ts';
import { withWriteLock } from '../store/write-lock.ts';
import { atLine, placeOf, type NewTask } from './new-task.ts';
import { requireValid } from './placed-problems.ts';
import { findProblems } from './queue-validation.ts';
import { freeTaskIds } from './task-id.ts';

/**
 * Adds tasks to the end of the queue in one write, all of them or none, and returns them as they stand there. Those
 * without an id get the next free ones in their order.
 *
 * @throws Failure `task_exists`, or `queue_invalid` when the queue would not be valid with them; nothing is written then
 */
export function addTasks(root: string, signal: AbortSignal, added: readonly NewTask[]): Promise<readonly Task[]> {
  return withWriteLock(root, signal, async (lock) => {
    const store = new QueueStore(root);
    const pair = await store.readHealed(lock);
    const taken = [...pair.queue.tasks, ...pair.done.tasks].map(({ id }) => id);
    const tasks = withIds(added, taken, new Date().toISOString());
    await store.add(lock, pair, tasks, (after) => requireSound(after, pair.queue.tasks.length, added));
    return tasks;
  });
}

/**
 * Gives ids and times to new tasks. Pure.
 *
 * @param taken ids of both files
 * @throws Failure `task_exists` naming the line and the id
 */
export function withIds(added: readonly NewTask[], taken: readonly string[], at: string): Task[] {
  const lines = new Map<string, number>();
  const known = new Set(taken);
  for (const { fields, line } of added) {
    if (fields.id === undefined) continue;
    const earlier = lines.get(fields.id);
    if (known.has(fields.id) || earlier !== undefined) throw taskExists(fields.id, line, earlier);
    lines.set(fields.id, line);
  }
  const nextId = freeTaskIds([...taken, ...lines.keys()]);
  return added.map(({ fields: { id, status, title, ...rest } }) => ({
    id: id ?? nextId(),
    status: status ?? 'todo',
    title,
    created_at: at,
    updated_at: at,
    ...rest,
  }));
}

function taskExists(id: string, line: number, earlier: number | undefined): Failure {
  const where = earlier === undefined ? 'there is a task' : `line ${earlier} has a task`;
  return new Failure('task_exists', `${placeOf(line)}${where} ${id} already`, {
    hint: 'choose another id, or leave it out',
    taskId: id,
    ...atLine(line),
  });
}

/** A new task is in no file yet: what is wrong with it is told by the line that it came in. */
async function requireSound({ queue, done }: QueuePair, first: number, added: readonly NewTask[]): Promise<void> {
  const problem = findProblems(queue.tasks, done.tasks).find(({ file, index }) => file === 'queue' && index >= first);
  if (problem === undefined) return requireValid(queue, done);
  const line = added[problem.index - first]?.line ?? 0;
  throw new Failure('queue_invalid', `${placeOf(line)}${problem.id}: ${problem.message}`, {
    hint: 'nothing was added; mend the task and add it again',
    taskId: problem.id,
    ...atLine(line),
  });
}
