import type { Task } from '@ralph/protocol/contract/task';

export type QueueSide = 'queue' | 'done';

/** Kinds of problem; scripts may depend on the words. */
export type ProblemCode =
  | 'id_unsafe'
  | 'id_twice'
  | 'time_invalid'
  | 'completed_at_missing'
  | 'not_ended'
  | 'item_blank'
  | 'key_with_space'
  | 'link_to_itself'
  | 'link_to_nothing'
  | 'circle'
  | 'created_at_missing'
  | 'updated_at_missing'
  | 'start_unreadable'
  | 'agent_unreadable'
  | 'dependency_rejected'
  | 'chain_deep'
  | 'duplicate_of_ended';

/** Something in the queue or the done file that a person should know of. */
export interface QueueProblem {
  readonly file: QueueSide;
  /** Of the task in its file. */
  readonly index: number;
  readonly id: string;
  readonly code: ProblemCode;
  readonly message: string;
  /** The very value within the task; empty for the task itself. */
  readonly field: readonly (string | number)[];
}

/** A task and where it stands. */
export interface Placed {
  readonly file: QueueSide;
  readonly index: number;
  readonly task: Task;
}

/** Returns the tasks of both files, the queue's first. */
export function placedTasks(queue: readonly Task[], done: readonly Task[]): Placed[] {
  return [
    ...queue.map((task, index) => ({ file: 'queue', index, task }) as const),
    ...done.map((task, index) => ({ file: 'done', index, task }) as const),
  ];
}

/** Returns a problem of a task. */
export function problemAt(
  { file, index, task }: Placed,
  code: ProblemCode,
  message: string,
  field: readonly (string | number)[] = [],
): QueueProblem {
  return { file, index, id: task.id, code, message, field };
}
