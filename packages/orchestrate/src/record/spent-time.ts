import type { TaskStory } from './run-story.ts';
import { WAIT_PARTS, type Part } from './task-phases.ts';

const WAITS: ReadonlySet<Part> = new Set(WAIT_PARTS);

/** Tells whether a part of a task's time is one in which it waited. */
export function isWait(part: Part): boolean {
  return WAITS.has(part);
}

/** Returns for how long nobody was at work on a task between its selection and its end, in ms. */
export function waitingMs({ stretches }: Pick<TaskStory, 'stretches'>): number {
  return stretches.reduce((sum, { part, from, to }) => (isWait(part) ? sum + to - from : sum), 0);
}

/** Returns how the time of tasks was spent, in ms; parts that took none are absent. */
export function spentTime(tasks: readonly Pick<TaskStory, 'stretches'>[]): ReadonlyMap<Part, number> {
  const spent = new Map<Part, number>();
  for (const { stretches } of tasks)
    for (const { part, from, to } of stretches) spent.set(part, (spent.get(part) ?? 0) + to - from);
  return spent;
}
