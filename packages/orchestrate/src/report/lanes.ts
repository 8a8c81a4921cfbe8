import type { TaskStory } from '../record/run-story.ts';

/** Up to so many tasks have a lane of their own. */
const MOST_OWN = 150;
/** What stands between two tasks in one lane, as a share of the picture. */
const GAP = 0.004;

export interface Lanes {
  /** The lane of each task, from 0. */
  readonly of: readonly number[];
  readonly count: number;
  /** Whether tasks share lanes. */
  readonly isPacked: boolean;
}

/**
 * Gives each task a lane: its own, or where there are very many the first one that is free by then, so that the whole run
 * can be seen at once. Pure.
 *
 * @param length of the picture, in ms
 */
export function lanesOf(tasks: readonly Pick<TaskStory, 'begin' | 'stretches'>[], length: number): Lanes {
  if (tasks.length <= MOST_OWN) return { of: tasks.map((_, n) => n), count: tasks.length, isPacked: false };
  const freeAt: number[] = [];
  const lanes = tasks.map(() => 0);
  const inOrder = [...tasks.keys()].toSorted((a, b) => (tasks[a]?.begin ?? 0) - (tasks[b]?.begin ?? 0));
  for (const n of inOrder) {
    const { begin = 0, stretches = [] } = tasks[n] ?? {};
    const found = freeAt.findIndex((free) => free <= begin);
    const lane = found === -1 ? freeAt.length : found;
    freeAt[lane] = Math.max(begin, stretches.at(-1)?.to ?? begin) + length * GAP;
    lanes[n] = lane;
  }
  return { of: lanes, count: freeAt.length, isPacked: true };
}
