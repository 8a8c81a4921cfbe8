import { Failure } from '@ralph/protocol/contract/failure';
import { TERMINAL_TASK_STATUSES } from '@ralph/protocol/contract/task-status';
import { isSafeTaskId, type Task } from '@ralph/protocol/contract/task';
import { findCycle } from './dependency-cycle.ts';
import type { QueueDocument } from '../store/queue-document.ts';
import { positionOf } from '../store/text-position.ts';

/** Something in the queue or the done file that must be mended before tasks are started. */
export interface QueueProblem {
  readonly file: 'queue' | 'done';
  readonly index: number;
  readonly id: string;
  readonly message: string;
}

interface Placed {
  readonly file: 'queue' | 'done';
  readonly index: number;
  readonly task: Task;
}

const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/i;
// Not `scheduled_start`: one that cannot be read does not hold a task back (reference: selection).
const TIMES = ['created_at', 'updated_at', 'started_at', 'completed_at'] as const;

/**
 * Checks both files together, by the rules of ralph-agent-loop's pair validation that matter here: ids are safe and
 * occur once (rejected tasks do not count), dependencies exist and form no circle, times are RFC 3339, and the done
 * file holds ended tasks only. Pure.
 */
export function findProblems(queue: readonly Task[], done: readonly Task[]): QueueProblem[] {
  const placed: Placed[] = [
    ...queue.map((task, index) => ({ file: 'queue', index, task }) as const),
    ...done.map((task, index) => ({ file: 'done', index, task }) as const),
  ];
  const known = new Set(placed.map(({ task }) => task.id));
  const own = placed.flatMap((place) => ownProblems(place, known).map((message) => problem(place, message)));
  return [...own, ...duplicates(placed), ...cycles(placed)];
}

function ownProblems({ file, task }: Placed, known: ReadonlySet<string>): string[] {
  const problems: string[] = [];
  if (!isSafeTaskId(task.id)) {
    problems.push('the id cannot name a folder and a git ref: use letters, digits, dot, dash and underscore');
  }
  for (const name of TIMES) {
    const value = task[name];
    if (typeof value === 'string' && !isTime(value))
      problems.push(`${name} ${JSON.stringify(value)} is not an RFC 3339 time`);
  }
  for (const id of task.depends_on ?? []) {
    if (id === task.id) problems.push('depends on itself');
    else if (!known.has(id)) problems.push(`depends on ${id}, which is in neither file`);
  }
  if (file === 'done' && !TERMINAL_TASK_STATUSES.includes(task.status ?? 'todo')) {
    problems.push(`stands in the done file with status ${task.status ?? 'todo'}`);
  }
  return problems;
}

function isTime(text: string): boolean {
  return RFC3339.test(text) && !Number.isNaN(Date.parse(text));
}

function duplicates(placed: readonly Placed[]): QueueProblem[] {
  const first = new Map<string, Placed>();
  const problems: QueueProblem[] = [];
  for (const place of placed) {
    if (place.task.status === 'rejected') continue;
    const earlier = first.get(place.task.id);
    if (earlier === undefined) first.set(place.task.id, place);
    else problems.push(problem(place, `the id occurs twice: it is in the ${earlier.file} file as well`));
  }
  return problems;
}

function cycles(placed: readonly Placed[]): QueueProblem[] {
  const dependencies = new Map(
    placed.map(({ task }) => [task.id, (task.depends_on ?? []).filter((id) => id !== task.id)] as const),
  );
  const cycle = findCycle(dependencies);
  const at = placed.find(({ task }) => task.id === cycle?.[0]);
  if (cycle === undefined || at === undefined) return [];
  return [problem(at, `the dependencies form a circle: ${cycle.join(' -> ')}`)];
}

function problem({ file, index, task }: Placed, message: string): QueueProblem {
  return { file, index, id: task.id, message };
}

/** A problem as it is told: with the place in its file. */
export interface PlacedProblem {
  readonly path: string;
  readonly line: number | undefined;
  readonly id: string;
  readonly message: string;
}

/** Returns the problems of both files with path and line. */
export async function placedProblems(queue: QueueDocument, done: QueueDocument): Promise<PlacedProblem[]> {
  const problems: PlacedProblem[] = [];
  for (const { file, index, id, message } of findProblems(queue.tasks, done.tasks)) {
    const { path, text } = file === 'queue' ? queue : done;
    const at = await positionOf(text ?? '', ['tasks', index]);
    problems.push({ path, line: at?.line, id, message });
  }
  return problems;
}

/**
 * Insists that both files are valid.
 *
 * @throws Failure `queue_invalid` naming file, line and id of the first problem, all of them in its details
 */
export async function requireValid(queue: QueueDocument, done: QueueDocument): Promise<void> {
  const problems = await placedProblems(queue, done);
  const [first] = problems;
  if (first === undefined) return;
  const more = problems.length === 1 ? '' : ` (and ${problems.length - 1} more)`;
  throw new Failure('queue_invalid', `${first.path}:${first.line ?? 1}: ${first.id}: ${first.message}${more}`, {
    hint: 'mend the file and check it with ralph-state task validate',
    details: { problems },
  });
}
