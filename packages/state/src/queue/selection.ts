import { timeOf } from '@ralph/protocol/contract/zoned-time';
import { TERMINAL_TASK_STATUSES } from '@ralph/protocol/contract/task-status';
import type { Task } from '@ralph/protocol/contract/task';

/** What the state file says against starting a task: `landed` work is done, whatever a stale queue says. */
export type Standing = 'active' | 'blocked' | 'landed';

export interface SelectionInput {
  readonly queue: readonly Task[];
  readonly done: readonly Task[];
  /** Standing by task id; a task that is absent is free. */
  readonly standings: ReadonlyMap<string, Standing>;
  readonly includeDraft: boolean;
  readonly exclude: ReadonlySet<string>;
  readonly now: Date;
}

/** How many tasks could not be started, each counted once under the first thing that holds it. */
export interface Waiting {
  readonly dependency: number;
  readonly schedule: number;
  readonly draft: number;
  readonly blocked: number;
}

export interface Selection {
  /** Tasks that could start now, best first. */
  readonly runnable: readonly Task[];
  readonly waiting: Waiting;
}

type Verdict = 'runnable' | 'not_a_candidate' | keyof Waiting;

/**
 * Says which tasks could start now, and in which order (reference: task selection): those that are `doing`, then
 * `todo`, then drafts where asked for, each in the order of the file. Unlike the reference, a `doing` task has to wait
 * for its dependencies too, and a task waits while an open one `blocks` it. Pure.
 */
export function select(input: SelectionInput): Selection {
  const open = input.queue.filter((task) => isOpen(task, input));
  const openIds = new Set(open.map(({ id }) => id));
  const satisfied = new Set([...input.queue, ...input.done].map(({ id }) => id).filter((id) => !openIds.has(id)));
  const blockers = new Set(open.flatMap((task) => task.blocks ?? []));
  const verdicts = open.map((task) => [task, verdictOn(task, input, satisfied, blockers)] as const);
  const count = (wanted: Verdict) => verdicts.filter(([, verdict]) => verdict === wanted).length;
  const runnable = verdicts.filter(([, verdict]) => verdict === 'runnable').map(([task]) => task);
  return {
    runnable: runnable.toSorted((a, b) => rank(a) - rank(b)),
    waiting: {
      dependency: count('dependency'),
      schedule: count('schedule'),
      draft: count('draft'),
      blocked: count('blocked'),
    },
  };
}

function isOpen(task: Task, { standings }: SelectionInput): boolean {
  return !TERMINAL_TASK_STATUSES.includes(statusOf(task)) && standings.get(task.id) !== 'landed';
}

function verdictOn(
  task: Task,
  { standings, includeDraft, exclude, now }: SelectionInput,
  satisfied: ReadonlySet<string>,
  blockers: ReadonlySet<string>,
): Verdict {
  if (exclude.has(task.id) || standings.get(task.id) === 'active') return 'not_a_candidate';
  if (standings.get(task.id) === 'blocked') return 'blocked';
  if (statusOf(task) === 'draft' && !includeDraft) return 'draft';
  if (blockers.has(task.id) || task.depends_on?.some((id) => !satisfied.has(id)) === true) return 'dependency';
  // A time that cannot be read does not hold the task back.
  if (timeOf(task.scheduled_start) > now.getTime()) return 'schedule';
  return 'runnable';
}

const RANKS = ['doing', 'todo', 'draft'];

function rank(task: Task): number {
  return RANKS.indexOf(statusOf(task));
}

function statusOf(task: Task): string {
  return task.status ?? 'todo';
}
