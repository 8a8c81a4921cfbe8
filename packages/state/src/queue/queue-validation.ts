import type { Task } from '@ralph/protocol/contract/task';
import { findCycles } from './dependency-cycle.ts';
import { placedTasks, problemAt, type Placed, type QueueProblem } from './queue-problem.ts';
import { taskProblems } from './task-rules.ts';

/**
 * Checks both files together, by the hard rules of ralph-agent-loop's pair validation: ids are safe and occur once
 * (rejected tasks do not count), links lead to other tasks and form no circle, times are in UTC, ended tasks say when,
 * the done file holds ended tasks only, and no list has blank items. Pure.
 *
 * @returns what must be mended before tasks are started
 */
export function findProblems(queue: readonly Task[], done: readonly Task[]): QueueProblem[] {
  const placed = placedTasks(queue, done);
  const known = new Set(placed.map(({ task }) => task.id));
  return [
    ...placed.flatMap((place) => taskProblems(place, known)),
    ...duplicates(placed),
    ...circles(placed, 'depends_on', 'the dependencies form a circle'),
    ...circles(placed, 'blocks', 'the tasks block each other in a circle'),
  ];
}

function duplicates(placed: readonly Placed[]): QueueProblem[] {
  const first = new Map<string, Placed>();
  const problems: QueueProblem[] = [];
  for (const place of placed) {
    if (place.task.status === 'rejected') continue;
    const earlier = first.get(place.task.id);
    if (earlier === undefined) first.set(place.task.id, place);
    else {
      const message = `the id occurs twice: it is in the ${earlier.file} file as well`;
      problems.push(problemAt(place, 'id_twice', message, ['id']));
    }
  }
  return problems;
}

function circles(placed: readonly Placed[], name: 'depends_on' | 'blocks', what: string): QueueProblem[] {
  const links = new Map<string, readonly string[]>();
  for (const { task } of placed) {
    const list = task[name];
    if (list !== undefined && list.length > 0) links.set(task.id, list);
  }
  const found = findCycles(links);
  if (found.length === 0) return [];
  const places = new Map(placed.map((place) => [place.task.id, place]));
  return found.flatMap((circle) => {
    const [id = '', next = ''] = circle;
    const at = places.get(id);
    if (at === undefined) return [];
    const field = [name, at.task[name]?.indexOf(next) ?? 0];
    return [problemAt(at, 'circle', `${what}: ${circle.join(' -> ')}`, field)];
  });
}
