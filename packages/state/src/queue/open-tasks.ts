import { TERMINAL_TASK_STATUSES } from '@ralph/protocol/contract/task-status';
import type { Task } from '@ralph/protocol/contract/task';
import { keptByQueue } from './kept-by-queue.ts';

/** What the files say about starting tasks, whatever the records and those who ask say. Tasks go by their index in the queue. */
export interface OpenTasks {
  /** Those that have not ended, by id. */
  readonly open: ReadonlyMap<string, number>;
  /** The ids of those that have ended. */
  readonly ended: ReadonlySet<string>;
  /** Those that can start unless a record or whoever asks names them; best first. */
  readonly free: readonly number[];
  /** The other open ones: each has to be looked at. */
  readonly bound: ReadonlySet<number>;
  /** Those that others wait for by their own word. */
  readonly blocking: readonly number[];
}

/** Sorts the tasks of a queue by what may hold them back. */
export const openTasks = keptByQueue((queue: readonly Task[], done: readonly Task[]): OpenTasks => {
  const open = new Map<string, number>();
  const ended = new Set(done.map(({ id }) => id));
  const twice = new Set<string>();
  const blocking: number[] = [];
  for (const [index, task] of queue.entries()) {
    if (TERMINAL_TASK_STATUSES.includes(statusOf(task))) {
      ended.add(task.id);
      continue;
    }
    if (open.has(task.id)) twice.add(task.id);
    open.set(task.id, index);
    if (task.blocks !== undefined && task.blocks.length > 0) blocking.push(index);
  }
  const heeded = new Set([...twice, ...blocking.flatMap((index) => queue[index]?.blocks ?? [])]);
  const free: number[] = [];
  const bound = new Set<number>();
  for (const [index, task] of queue.entries()) {
    if (TERMINAL_TASK_STATUSES.includes(statusOf(task))) continue;
    if (isFree(task) && !heeded.has(task.id)) free.push(index);
    else bound.add(index);
  }
  free.sort((a, b) => rank(queue[a]) - rank(queue[b]));
  return { open, ended, free, bound, blocking };
});

function isFree(task: Task): boolean {
  const { depends_on: needs = [], scope = [], scheduled_start: start } = task;
  return statusOf(task) !== 'draft' && needs.length === 0 && scope.length === 0 && (start ?? undefined) === undefined;
}

const RANKS = ['doing', 'todo', 'draft'];

/** Returns the place of a task among those of another status. */
export function rank(task: Task | undefined): number {
  return RANKS.indexOf(statusOf(task));
}

/** Returns the status of a task; one that has none is to be done. */
export function statusOf(task: Task | undefined): string {
  return task?.status ?? 'todo';
}
