import { isDeepStrictEqual } from 'node:util';
import type { Task } from '@ralph/protocol/contract/task';
import { isReopened } from '../queue/archiving.ts';
import { placedTasks, type Placed, type QueueSide } from '../queue/queue-problem.ts';
import { freeTaskIds } from '../queue/task-id.ts';
import { isEnded } from '../queue/task-rules.ts';
import { isUtcTime } from '../queue/utc-time.ts';
import { mayBeInexact } from '../store/exact-numbers.ts';
import type { FindingCode } from './finding.ts';

/** One thing that is to be mended in one task. */
export interface QueueStep {
  readonly file: QueueSide;
  readonly index: number;
  readonly code: FindingCode;
  readonly problem: string;
  readonly action: string;
  /** What to set in the task; nothing when it is to be dropped. */
  readonly set: { readonly name: 'id' | 'completed_at'; readonly value: string } | undefined;
}

/**
 * Says what can be mended in both files without asking a person (reference: pair validation; a crash between its two
 * writes leaves a task in both). Rejected tasks may share their id with others. Pure.
 */
export function queueSteps(queue: readonly Task[], done: readonly Task[], now: Date): QueueStep[] {
  const nextId = freeTaskIds([...queue, ...done].map(({ id }) => id));
  const finished = firstOfEach(done);
  const seen: Record<QueueSide, Map<string, Placed[]>> = { queue: new Map(), done: new Map() };
  const steps: QueueStep[] = [];
  for (const place of placedTasks(queue, done)) {
    const { file, index, task } = place;
    const step = (code: FindingCode, problem: string, action: string, set?: QueueStep['set']) =>
      steps.push({ file, index, code, problem, action, set });
    if (task.status !== 'rejected') {
      const earlier = seen[file].get(task.id) ?? [];
      const copy = file === 'queue' ? finished.get(task.id) : undefined;
      seen[file].set(task.id, [...earlier, place]);
      // Two numbers that differ may be one number by now.
      if (!mayBeInexact(task) && earlier.some((other) => isDeepStrictEqual(other.task, task))) {
        step('task_twice', 'stands twice in the file, word for word', 'the later one is dropped');
        continue;
      }
      if (copy !== undefined && !isReopened(task, copy.completed_at ?? copy.updated_at)) {
        step('task_in_both', 'is in the done file as well', 'it is dropped from the queue');
        continue;
      }
      const renamed = copy !== undefined || earlier.length > 0 ? { name: 'id' as const, value: nextId() } : undefined;
      if (renamed !== undefined && copy !== undefined) {
        const problem = 'is in the done file as well, but was changed after it had ended';
        step('task_reopened', problem, `it was opened again: it stays in the queue as ${renamed.value}`, renamed);
      } else if (renamed !== undefined) {
        const problem = 'has the id of another task in the file';
        step('task_twice_differs', problem, `the later one gets the id ${renamed.value}`, renamed);
      }
    }
    if (isEnded(place) && typeof task.completed_at !== 'string') {
      const known = isUtcTime(task.updated_at ?? '');
      const set = { name: 'completed_at' as const, value: known ? (task.updated_at ?? '') : now.toISOString() };
      const action = `completed_at is ${set.value}, ${known ? 'when it was changed last' : 'the time of this repair'}`;
      step('completed_at_missing', `is ${task.status ?? 'todo'}, but has no completed_at`, action, set);
    }
  }
  return steps;
}

function firstOfEach(tasks: readonly Task[]): ReadonlyMap<string, Task> {
  return new Map(
    tasks
      .filter(({ status }) => status !== 'rejected')
      .toReversed()
      .map((task) => [task.id, task]),
  );
}
