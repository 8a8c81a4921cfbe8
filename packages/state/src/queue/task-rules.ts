import { TERMINAL_TASK_STATUSES } from '@ralph/protocol/contract/task-status';
import { isSafeTaskId } from '@ralph/protocol/contract/task-id';
import { problemAt, type Placed, type QueueProblem } from './queue-problem.ts';
import { isUtcTime } from './utc-time.ts';

// Not `scheduled_start`: one that cannot be read does not hold a task back (reference: selection).
const TIMES = ['created_at', 'updated_at', 'started_at', 'completed_at'] as const;

const LISTS = ['tags', 'scope', 'evidence', 'plan', 'notes', 'depends_on', 'blocks', 'relates_to'] as const;

const LINKS = [
  ['depends_on', 'depends on'],
  ['blocks', 'blocks'],
  ['relates_to', 'relates to'],
] as const;

/** Tells whether a task has ended, and so belongs into the done file. */
export function isEnded({ task }: Pick<Placed, 'task'>): boolean {
  return TERMINAL_TASK_STATUSES.includes(task.status ?? 'todo');
}

/** Returns what is wrong with one task, given the ids of both files. Pure. */
export function taskProblems(place: Placed, known: ReadonlySet<string>): QueueProblem[] {
  return [...idProblems(place), ...timeProblems(place), ...itemProblems(place), ...linkProblems(place, known)];
}

function idProblems(place: Placed): QueueProblem[] {
  if (isSafeTaskId(place.task.id)) return [];
  const message = 'the id cannot name a folder and a git ref: use letters, digits, dot, dash and underscore';
  return [problemAt(place, 'id_unsafe', message, ['id'])];
}

function timeProblems(place: Placed): QueueProblem[] {
  const { file, task } = place;
  const problems: QueueProblem[] = [];
  for (const name of TIMES) {
    const value = task[name];
    if (typeof value !== 'string' || isUtcTime(value)) continue;
    problems.push(
      problemAt(place, 'time_invalid', `${name} ${JSON.stringify(value)} is not an RFC 3339 time in UTC`, [name]),
    );
  }
  const status = task.status ?? 'todo';
  if (isEnded(place) && typeof task.completed_at !== 'string') {
    problems.push(problemAt(place, 'completed_at_missing', `is ${status}, but has no completed_at`, ['completed_at']));
  }
  if (file === 'done' && !isEnded(place)) {
    problems.push(problemAt(place, 'not_ended', `stands in the done file with status ${status}`, ['status']));
  }
  return problems;
}

function itemProblems(place: Placed): QueueProblem[] {
  const problems: QueueProblem[] = [];
  for (const name of LISTS) {
    const list = place.task[name] ?? [];
    for (let index = 0; index < list.length; index += 1) {
      if (list[index]?.trim() !== '') continue;
      problems.push(problemAt(place, 'item_blank', `${name}: item ${index + 1} is blank`, [name, index]));
    }
  }
  const custom = place.task['custom_fields'];
  if (typeof custom !== 'object' || custom === null || Array.isArray(custom)) return problems;
  for (const key of Object.keys(custom)) {
    if (key.trim() !== '' && !/\s/.test(key)) continue;
    const message = `custom_fields: the key ${JSON.stringify(key)} is blank or holds white space`;
    problems.push(problemAt(place, 'key_with_space', message, ['custom_fields', key]));
  }
  return problems;
}

function linkProblems(place: Placed, known: ReadonlySet<string>): QueueProblem[] {
  const problems: QueueProblem[] = [];
  const { task } = place;
  const check = (id: string, verb: string, field: readonly (string | number)[]) => {
    if (id.trim() === '') return;
    if (id === task.id) problems.push(problemAt(place, 'link_to_itself', `${verb} itself`, field));
    else if (!known.has(id))
      problems.push(problemAt(place, 'link_to_nothing', `${verb} ${id}, which is in neither file`, field));
  };
  for (const [name, verb] of LINKS) {
    for (const [index, id] of (task[name] ?? []).entries()) check(id, verb, [name, index]);
  }
  if (typeof task.duplicates === 'string') check(task.duplicates, 'duplicates', ['duplicates']);
  return problems;
}
