import { Failure } from '@ralph/protocol/contract/failure';
import { anyOverlap } from '@ralph/protocol/contract/scope-overlap';
import { TERMINAL_TASK_STATUSES } from '@ralph/protocol/contract/task-status';
import { isSafeTaskId } from '@ralph/protocol/contract/task-id';
import type { Task } from '@ralph/protocol/contract/task';
import { timeOf } from '@ralph/protocol/contract/zoned-time';
import type { Waiting } from '../run/view.ts';

/** Picks from tasks that were handed over instead of the queue: order as given, dependencies among themselves. */
export interface Selection {
  readonly task: Task | undefined;
  readonly waiting: Waiting;
  /** When the earliest of those may start that wait for their time, in ms of the wall clock. */
  readonly nextStart: number | undefined;
}

export interface GivenQuestion {
  readonly exclude: ReadonlySet<string>;
  /** Ids that satisfy a dependency, besides tasks given as done. */
  readonly landed: ReadonlySet<string>;
  /** No task whose scope overlaps one of these. */
  readonly busyScopes: readonly string[];
  /** In ms of the wall clock. */
  readonly now: number;
}

/**
 * Makes sure that a list of tasks can be run as it is.
 *
 * @throws Failure `task_unsafe_id` or `queue_invalid` naming the id
 */
export function checkGivenTasks(tasks: readonly Task[]): void {
  const seen = new Set<string>();
  for (const { id } of tasks) {
    if (!isSafeTaskId(id)) {
      throw new Failure('task_unsafe_id', `task id ${JSON.stringify(id)} cannot be a file and ref name`, {
        hint: 'use letters, digits, dot, dash and underscore, such as RQ-0001',
      });
    }
    if (seen.has(id))
      throw new Failure('queue_invalid', `task ${id} is given twice`, { hint: 'give each task one id' });
    seen.add(id);
  }
}

/** Returns the next task to start, and how many are left that cannot be started. */
export function selectGiven(tasks: readonly Task[], question: GivenQuestion): Selection {
  const { exclude, landed, busyScopes, now } = question;
  const done = new Set(landed);
  for (const { id, status } of tasks) if (isDone(status)) done.add(id);
  const counts = { dependency: 0, schedule: 0, scope: 0 };
  let nextStart: number | undefined;
  let task: Task | undefined;
  for (const one of tasks) {
    if (isDone(one.status) || exclude.has(one.id) || landed.has(one.id)) continue;
    const start = timeOf(one.scheduled_start);
    if (one.depends_on?.some((id) => !done.has(id)) === true) counts.dependency += 1;
    else if (start > now) {
      counts.schedule += 1;
      nextStart = Math.min(start, nextStart ?? start);
    } else if (anyOverlap(one.scope ?? [], busyScopes)) counts.scope += 1;
    else {
      task = one;
      break;
    }
  }
  return { task, waiting: { ...counts, draft: 0, blocked: 0 }, nextStart };
}

/**
 * Says why a task is not started because of what earlier runs have recorded; nothing where it may be, or where a person
 * has asked for it since.
 *
 * @param maxFailures 0 means that none has failed too often
 */
export function isHeldBack(
  record: Readonly<Record<string, unknown>>,
  maxFailures: number,
): 'blocked' | 'failed' | undefined {
  if (record['retry_requested_at'] !== undefined) return undefined;
  if (record['lifecycle'] === 'blocked_push') return 'blocked';
  const failures = Number(record['failures'] ?? 0);
  return record['lifecycle'] === 'failed' && maxFailures > 0 && failures >= maxFailures ? 'failed' : undefined;
}

/** What the records say of tasks that were handed over. */
export interface Standings {
  /** Those that are not started, and why. */
  readonly held: ReadonlyMap<string, 'blocked' | 'failed'>;
  /** Those that a person has asked for, with what their kept commits go on from. */
  readonly asked: ReadonlyMap<string, Readonly<Record<string, unknown>> | undefined>;
}

/**
 * Sorts out what `ralph-state list` has printed.
 *
 * @param maxFailures 0 means that none has failed too often
 */
export function standingsOf(
  tasks: readonly Task[],
  records: readonly Readonly<Record<string, unknown>>[],
  maxFailures: number,
): Standings {
  const ids = new Set(tasks.map(({ id }) => id));
  const held = new Map<string, 'blocked' | 'failed'>();
  const asked = new Map<string, Readonly<Record<string, unknown>> | undefined>();
  for (const record of records) {
    const id = String(record['task_id']);
    if (!ids.has(id)) continue;
    const why = isHeldBack(record, maxFailures);
    if (why !== undefined) held.set(id, why);
    if (record['retry_requested_at'] !== undefined) asked.set(id, resumeOf(record));
  }
  return { held, asked };
}

/** As ralph-state tells it with a task of the queue. */
function resumeOf(record: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> | undefined {
  if (record['resumes'] !== true) return undefined;
  return Object.fromEntries(RESUMED.flatMap((key) => (key in record ? [[key, record[key]]] : [])));
}

const RESUMED = ['attempt', 'workspace_path', 'title', 'base_commit', 'head_commit', 'log_path'];

function isDone(status: string | undefined): boolean {
  return status !== undefined && TERMINAL_TASK_STATUSES.includes(status);
}
