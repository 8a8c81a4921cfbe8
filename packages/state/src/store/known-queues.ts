import type { Task } from '@ralph/protocol/contract/task';

/** The queue and the done file, of a checkout and of the workspace that is about to land. */
const MOST = 6;

const known = new Map<string, readonly Task[]>();

/** Returns the tasks of a text that was read or made lately: whoever runs long reads the same ones again and again. */
export function knownTasks(text: string): readonly Task[] | undefined {
  const tasks = known.get(text);
  if (tasks !== undefined) remember(text, tasks);
  return tasks;
}

/** Keeps the tasks of a text. They are shared: nobody may change them. */
export function remember(text: string, tasks: readonly Task[]): void {
  known.delete(text);
  known.set(text, tasks);
  const [oldest] = known.keys();
  if (known.size > MOST && oldest !== undefined) known.delete(oldest);
}
