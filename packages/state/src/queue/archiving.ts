import type { Task } from '@ralph/protocol/contract/task';

/** Returns what changes in a task that is moved to the done file; a rejected one stays rejected. */
export function archivedProperties(task: Task, now: Date): Readonly<Record<string, string>> {
  const at = now.toISOString();
  if (task.status === 'rejected') return typeof task.completed_at === 'string' ? {} : { completed_at: at };
  return { status: 'done', completed_at: at, updated_at: at };
}

/** The fields that archiving sets, besides the status. */
const SET_BY_ARCHIVING = ['status', 'completed_at', 'updated_at'];

/**
 * Returns the index of a task in the queue that a killed writer had copied to the done file already, or -1. Such a
 * task differs from its copy in nothing but what archiving sets; one that somebody changed is not touched.
 */
export function leftBehind(pair: {
  readonly queue: { readonly tasks: readonly Task[] };
  readonly done: { readonly tasks: readonly Task[] };
}): number {
  const done = new Map(pair.done.tasks.filter(({ status }) => status === 'done').map((task) => [task.id, task]));
  return pair.queue.tasks.findIndex((task) => {
    const copy = done.get(task.id);
    return copy !== undefined && task.status !== 'rejected' && lasting(task) === lasting(copy);
  });
}

function lasting(task: Task): string {
  return JSON.stringify(task, (name, value: unknown) => (SET_BY_ARCHIVING.includes(name) ? undefined : value));
}
