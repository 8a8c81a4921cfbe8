import type { Task } from '@ralph/protocol/contract/task';
import { keptByQueue } from './kept-by-queue.ts';

/** Returns what changes in a task that is moved to the done file; a rejected one stays rejected. */
export function archivedProperties(task: Task, now: Date): Readonly<Record<string, string>> {
  const at = now.toISOString();
  if (task.status === 'rejected') return typeof task.completed_at === 'string' ? {} : { completed_at: at };
  return { status: 'done', completed_at: at, updated_at: at };
}

/** The fields that archiving sets, besides the status. */
const SET_BY_ARCHIVING = ['status', 'completed_at', 'updated_at'];

/**
 * Tells whether a task was changed after it had ended at a time: then somebody has opened it again, and it is not done.
 * Where one of the times cannot be read nobody can say so.
 */
export function isReopened(task: Task, endedAt: string | null | undefined): boolean {
  return Date.parse(task.updated_at ?? '') > Date.parse(endedAt ?? '');
}

/**
 * Returns the indexes of the tasks in the queue that a killed writer had copied to the done file already. Such a task
 * differs from its copy in nothing but what archiving sets; one that somebody changed is not touched.
 */
export function leftBehind(pair: {
  readonly queue: { readonly tasks: readonly Task[] };
  readonly done: { readonly tasks: readonly Task[] };
}): readonly number[] {
  return copiedTasks(pair.queue.tasks, pair.done.tasks);
}

const copiedTasks = keptByQueue((queue, done) => {
  const copies = new Map(done.filter(({ status }) => status === 'done').map((task) => [task.id, task]));
  return queue.flatMap((task, index) => (isCopied(task, copies.get(task.id)) ? [index] : []));
});

function isCopied(task: Task, copy: Task | undefined): boolean {
  if (copy === undefined || task.status === 'rejected' || isReopened(task, copy.completed_at)) return false;
  return lasting(task) === lasting(copy);
}

function lasting(task: Task): string {
  return JSON.stringify(Object.entries(task).filter(([name]) => !SET_BY_ARCHIVING.includes(name)));
}

/**
 * Returns the index of the task that an id means: of several, one that is not rejected, since those may share their id.
 *
 * @returns -1 where there is none
 */
export function indexOfTask(tasks: readonly Task[], id: string): number {
  const open = tasks.findIndex((task) => task.id === id && task.status !== 'rejected');
  return open === -1 ? tasks.findIndex((task) => task.id === id) : open;
}
