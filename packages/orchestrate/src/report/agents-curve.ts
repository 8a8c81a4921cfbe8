import type { TaskStory } from '../record/run-story.ts';
import { markup, type Html } from './markup.ts';

const WIDTH = 1000;
const HEIGHT = 40;
/** Steps that are finer than that nobody can see. */
const COLUMNS = 500;

/** How many agents and resolvers were at work, as a curve over the time of the run; in the bounds of its picture. */
export function agentsCurve(tasks: readonly TaskStory[], scale: { begin: number; length: number }): Html {
  const busy = atWork(tasks, scale, COLUMNS);
  const most = Math.max(1, Math.ceil(Math.max(...busy)));
  const step = WIDTH / COLUMNS;
  const points = busy.map((number, n) => {
    const y = Math.round(HEIGHT * (1 - number / most) * 10) / 10;
    return `${n * step},${y} ${(n + 1) * step},${y}`;
  });
  return markup`<svg
      class="curve"
      role="img"
      aria-label="At most ${most} agents at work at a time."
      viewBox="0 0 ${WIDTH} ${HEIGHT}"
      preserveAspectRatio="none"
      width="100%"
      height="${HEIGHT}"
    >
      <polygon points="0,${HEIGHT} ${points.join(' ')} ${WIDTH},${HEIGHT}" /></svg
    ><span class="most">${most}</span>`;
}

/** Returns how many were at work in each of so many equal stretches of the time, on average. Pure. */
export function atWork(
  tasks: readonly Pick<TaskStory, 'stretches'>[],
  { begin, length }: { begin: number; length: number },
  columns: number,
): number[] {
  const busy = Array.from({ length: columns }, () => 0);
  const width = length / columns;
  for (const { stretches } of tasks) {
    for (const { part, from, to } of stretches) {
      if (part !== 'agent' && part !== 'resolver') continue;
      const [first, last] = [(from - begin) / width, (to - begin) / width];
      for (let n = Math.max(0, Math.floor(first)); n < Math.min(columns, Math.ceil(last)); n += 1)
        busy[n] = (busy[n] ?? 0) + Math.max(0, Math.min(n + 1, last) - Math.max(n, first));
    }
  }
  return busy;
}
