import type { Task } from '@ralph/protocol/contract/task';

/** Returns what a person reads of a task that was added. */
export function addedText({ id, title }: Pick<Task, 'id' | 'title'>): string {
  return `added ${id}: ${title}\n`;
}
