import { commandLine } from '@ralph/protocol/cli/shell-words';
import type { Task } from '@ralph/protocol/contract/task';
import { callSibling } from '@ralph/protocol/process/sibling';
import { selectGiven } from './given-tasks.ts';
import type { Waiting } from '../run/schedule.ts';
import type { StateKeeper } from '../run/state-keeper.ts';

/** Answers which task is next, given those already attempted, those landed in this run, and those in work. */
export type TaskSource = (
  exclude: readonly string[],
  landed: ReadonlySet<string>,
  busy: readonly string[],
) => Promise<{ readonly task: Task | undefined; readonly waiting: Waiting }>;

/** Tasks from the queue as it is on disk at each question; ralph-state chooses. */
export function fromQueue(keeper: StateKeeper, includeDraft: boolean): TaskSource {
  return (exclude, _landed, busy) => keeper.select(exclude, busy, includeDraft);
}

/**
 * Tasks that were handed over. One that an earlier run left blocked is not started: its workspace holds work that is
 * waiting for a person, who is told so, unless the person has asked for it again.
 */
export async function fromGiven(
  tasks: readonly Task[],
  repo: string,
  onNote: (line: string) => void,
): Promise<TaskSource> {
  const records = await callSibling('ralph-state', ['list', '--repo', repo, '--lifecycle', 'blocked_push'], onNote);
  const held = records.filter((record) => record['retry_requested_at'] === undefined);
  const blocked = new Set(held.map((record) => String(record['task_id'])));
  const kept = tasks.filter(({ id }) => blocked.has(id));
  for (const { id } of kept)
    onNote(
      `${id} is blocked since an earlier run; to run it again: ${commandLine(['ralph-state', 'retry', id, '--repo', repo])}`,
    );
  return (exclude, landed) => {
    const { task, waiting } = selectGiven(tasks, new Set([...exclude, ...blocked]), landed, Date.now());
    return Promise.resolve({ task, waiting: { ...waiting, blocked: kept.length } });
  };
}
