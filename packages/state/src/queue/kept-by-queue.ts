import type { Task } from '@ralph/protocol/contract/task';

type Tasks = readonly Task[];

const NONE: Tasks = [];

/**
 * Returns a function that keeps what it returned for two lists of tasks for as long as the first one is in use: a queue is
 * asked about more often than it changes. The lists may not be changed.
 */
export function keptByQueue<T>(of: (queue: Tasks, done: Tasks) => T): (queue: Tasks, done?: Tasks) => T {
  const kept = new WeakMap<Tasks, { readonly done: Tasks; readonly value: T }>();
  return (queue, done = NONE) => {
    const known = kept.get(queue);
    if (known?.done === done) return known.value;
    const value = of(queue, done);
    kept.set(queue, { done, value });
    return value;
  };
}
