import type { Task } from '@ralph/protocol/contract/task';
import type { Waiting } from '../run/view.ts';

export interface Question {
  /** Not these, unless somebody has asked for them since; they were attempted in this run. */
  readonly exclude: readonly string[];
  /** Not these at all; they are in work. */
  readonly busy: readonly string[];
  /** Declared scopes of what is at work; no task that overlaps one of them. */
  readonly busyScopes: readonly string[];
  /** Only a task that lands from kept commits: no agent may be started now. */
  readonly finishedOnly: boolean;
  /** What has landed in this run. */
  readonly landed: ReadonlySet<string>;
}

export interface Choice {
  readonly task: Task | undefined;
  readonly waiting: Waiting;
  /** When the earliest of those may start that wait for their time, in ms of the wall clock. */
  readonly nextStart: number | undefined;
  /** What is to be landed without a new agent, since an earlier attempt at the task is kept. */
  readonly resume: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Answers which task is next.
 *
 * @throws Failure when that cannot be told now
 */
export type TaskSource = (question: Question) => Promise<Choice>;
