import { anyOverlap } from '@ralph/protocol/contract/scope-overlap';
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
  /** Tasks that a person has asked for again. */
  readonly asked: ReadonlySet<string>;
  /** How often a task has failed; nothing where it has not. */
  readonly failures: ReadonlyMap<string, number>;
  readonly now: Date;
  readonly wish: SelectionWish;
}

/** What whoever asks for a task wants to hear of. */
export interface SelectionWish {
  readonly includeDraft: boolean;
  /** Not these, unless a person has asked for them. */
  readonly exclude: ReadonlySet<string>;
  /** Not these, whoever has asked for them: they are being started. */
  readonly busy: ReadonlySet<string>;
  /** Nothing whose scope overlaps one of these. */
  readonly busyScopes: readonly string[];
  /** Nothing that has failed so often, unless a person has asked for it. */
  readonly maxFailures: number | undefined;
}

/** How many tasks could not be started, each counted once under the first thing that holds it. */
export interface Waiting {
  readonly dependency: number;
  readonly schedule: number;
  readonly draft: number;
  readonly blocked: number;
  /** Its scope overlaps that of a task that is in work. */
  readonly scope: number;
  /** It has failed too often. */
  readonly failed: number;
}

export interface Selection {
  /** Tasks that could start now, best first. */
  readonly runnable: readonly Task[];
  readonly waiting: Waiting;
  /** The earliest time for which one of them waits; absent when none does. */
  readonly nextStart: string | undefined;
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
  const later = verdicts.filter(([, verdict]) => verdict === 'schedule').map(([task]) => timeOf(task.scheduled_start));
  return {
    runnable: runnable.toSorted((a, b) => rank(a) - rank(b)),
    waiting: {
      dependency: count('dependency'),
      schedule: count('schedule'),
      draft: count('draft'),
      blocked: count('blocked'),
      scope: count('scope'),
      failed: count('failed'),
    },
    nextStart: later.length === 0 ? undefined : new Date(Math.min(...later)).toISOString(),
  };
}

function isOpen(task: Task, { standings }: SelectionInput): boolean {
  return !TERMINAL_TASK_STATUSES.includes(statusOf(task)) && standings.get(task.id) !== 'landed';
}

function verdictOn(
  task: Task,
  { standings, asked, failures, now, wish }: SelectionInput,
  satisfied: ReadonlySet<string>,
  blockers: ReadonlySet<string>,
): Verdict {
  const isAsked = asked.has(task.id);
  if (wish.busy.has(task.id) || standings.get(task.id) === 'active') return 'not_a_candidate';
  if (wish.exclude.has(task.id) && !isAsked) return 'not_a_candidate';
  if (standings.get(task.id) === 'blocked') return 'blocked';
  if (!isAsked && (failures.get(task.id) ?? 0) >= (wish.maxFailures ?? Number.POSITIVE_INFINITY)) return 'failed';
  if (statusOf(task) === 'draft' && !wish.includeDraft) return 'draft';
  if (blockers.has(task.id) || task.depends_on?.some((id) => !satisfied.has(id)) === true) return 'dependency';
  // A time that cannot be read does not hold the task back.
  if (timeOf(task.scheduled_start) > now.getTime()) return 'schedule';
  return anyOverlap(task.scope ?? [], wish.busyScopes) ? 'scope' : 'runnable';
}

const RANKS = ['doing', 'todo', 'draft'];

function rank(task: Task): number {
  return RANKS.indexOf(statusOf(task));
}

function statusOf(task: Task): string {
  return task.status ?? 'todo';
}
