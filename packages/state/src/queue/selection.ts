import { anyOverlap } from '@ralph/protocol/contract/scope-overlap';
import { timeOf } from '@ralph/protocol/contract/zoned-time';
import type { Task } from '@ralph/protocol/contract/task';
import { openTasks, statusOf } from './open-tasks.ts';
import { Runnable } from './runnable.ts';

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
  readonly runnable: Runnable;
  readonly waiting: Waiting;
  /** The earliest time for which one of them waits; absent when none does. */
  readonly nextStart: string | undefined;
}

type Verdict = 'runnable' | 'not_a_candidate' | keyof Waiting;

/**
 * Says which tasks could start now, and in which order (reference: task selection): those that are `doing`, then
 * `todo`, then drafts where asked for, each in the order of the file. Unlike the reference, a `doing` task has to wait
 * for its dependencies too, and a task waits while an open one `blocks` it. Pure; what follows from the files alone is
 * kept, so that only tasks that something else may hold back are looked at again. The lists may not be changed.
 */
export function select(input: SelectionInput): Selection {
  const { queue, done, standings } = input;
  const { open, ended, free, bound, blocking } = openTasks(queue, done);
  const isLanded = (id: string) => standings.get(id) === 'landed';
  const isSatisfied = (id: string) => (open.has(id) ? isLanded(id) : ended.has(id));
  const inTheWay = blocking.flatMap((index) => queue[index] ?? []).filter(({ id }) => !isLanded(id));
  const blockers = new Set(inTheWay.flatMap((task) => task.blocks ?? []));
  const named = new Set([...namedIn(input)].flatMap((id) => open.get(id) ?? []).filter((index) => !bound.has(index)));
  const waiting = { dependency: 0, schedule: 0, draft: 0, blocked: 0, scope: 0, failed: 0 };
  const runnable: number[] = [];
  let nextStart = Number.POSITIVE_INFINITY;
  for (const index of [...bound, ...named]) {
    const task = queue[index];
    if (task === undefined || isLanded(task.id)) continue;
    const verdict = verdictOn(task, input, isSatisfied, blockers);
    if (verdict === 'runnable') runnable.push(index);
    else if (verdict !== 'not_a_candidate') waiting[verdict] += 1;
    if (verdict === 'schedule') nextStart = Math.min(nextStart, timeOf(task.scheduled_start));
  }
  return {
    runnable: new Runnable(queue, free, named, runnable),
    waiting,
    nextStart: Number.isFinite(nextStart) ? new Date(nextStart).toISOString() : undefined,
  };
}

function* namedIn({ standings, asked, failures, wish }: SelectionInput): Generator<string, void> {
  for (const ids of [standings.keys(), asked, failures.keys(), wish.exclude, wish.busy]) yield* ids;
}

function verdictOn(
  task: Task,
  { standings, asked, failures, now, wish }: SelectionInput,
  isSatisfied: (id: string) => boolean,
  blockers: ReadonlySet<string>,
): Verdict {
  const isAsked = asked.has(task.id);
  if (wish.busy.has(task.id) || standings.get(task.id) === 'active') return 'not_a_candidate';
  if (wish.exclude.has(task.id) && !isAsked) return 'not_a_candidate';
  if (standings.get(task.id) === 'blocked') return 'blocked';
  if (!isAsked && (failures.get(task.id) ?? 0) >= (wish.maxFailures ?? Number.POSITIVE_INFINITY)) return 'failed';
  if (statusOf(task) === 'draft' && !wish.includeDraft) return 'draft';
  if (blockers.has(task.id) || task.depends_on?.some((id) => !isSatisfied(id)) === true) return 'dependency';
  // A time that cannot be read does not hold the task back.
  if (timeOf(task.scheduled_start) > now.getTime()) return 'schedule';
  return anyOverlap(task.scope ?? [], wish.busyScopes) ? 'scope' : 'runnable';
}
