import { Failure } from '@ralph/protocol/contract/failure';
import { TERMINAL_TASK_STATUSES } from '@ralph/protocol/contract/task-status';
import { isSafeTaskId } from '@ralph/protocol/contract/task-id';
import type { Task } from '@ralph/protocol/contract/task';
import { timeOf } from '@ralph/protocol/contract/zoned-time';
import type { Waiting } from '../run/schedule.ts';

/** Picks from tasks that were handed over instead of the queue: order as given, dependencies among themselves. */
export interface Selection {
  readonly task: Task | undefined;
  readonly waiting: Waiting;
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

/**
 * Returns the next task to start, and how many are left that cannot be started.
 *
 * @param landed ids that satisfy a dependency, besides tasks given as done
 */
export function selectGiven(
  tasks: readonly Task[],
  exclude: ReadonlySet<string>,
  landed: ReadonlySet<string>,
  now: number,
): Selection {
  const done = new Set(landed);
  for (const { id, status } of tasks) if (isDone(status)) done.add(id);
  const open = tasks.filter((task) => !isDone(task.status) && !exclude.has(task.id));
  let dependency = 0;
  let schedule = 0;
  for (const task of open) {
    if (task.depends_on?.some((id) => !done.has(id)) === true) dependency += 1;
    else if (isLater(task.scheduled_start, now)) schedule += 1;
    else return { task, waiting: { dependency, schedule, draft: 0, blocked: 0 } };
  }
  return { task: undefined, waiting: { dependency, schedule, draft: 0, blocked: 0 } };
}

function isDone(status: string | undefined): boolean {
  return status !== undefined && TERMINAL_TASK_STATUSES.includes(status);
}

function isLater(start: string | null | undefined, now: number): boolean {
  return timeOf(start) > now;
}
