import { commandLine } from '@ralph/protocol/cli/shell-words';
import type { Task } from '@ralph/protocol/contract/task';
import { callSibling } from '@ralph/protocol/process/sibling';
import { isHeldBack, selectGiven } from './given-tasks.ts';
import type { SelectLimits, StateKeeper } from '../run/state-keeper.ts';
import type { TaskSource } from './choice.ts';

/** Tasks from the queue as it is on disk at each question; ralph-state chooses. What other loops have is left to them. */
export function fromQueue(
  keeper: StateKeeper,
  limits: SelectLimits,
  takenByOthers: () => Promise<ReadonlySet<string>>,
): TaskSource {
  return async (question) => {
    const busy = [...question.busy, ...(await takenByOthers())];
    return keeper.select({ ...question, busy }, limits);
  };
}

/**
 * Tasks that were handed over. One that an earlier run left blocked is not started, since its workspace holds work that
 * is waiting for a person, and neither is one that has failed too often; both are told, and both are started once they
 * were asked for again.
 *
 * @param maxFailures 0 means that none has failed too often
 */
export async function fromGiven(
  tasks: readonly Task[],
  { repo, maxFailures }: { readonly repo: string; readonly maxFailures: number },
  onNote: (line: string) => void,
): Promise<TaskSource> {
  const ids = new Set(tasks.map(({ id }) => id));
  const records = await callSibling('ralph-state', ['list', '--repo', repo], onNote);
  const held = records.flatMap((record) => {
    const why = ids.has(String(record['task_id'])) ? isHeldBack(record, maxFailures) : undefined;
    return why === undefined ? [] : [{ id: String(record['task_id']), why }];
  });
  for (const { id, why } of held) {
    const words = why === 'blocked' ? 'is blocked since an earlier run' : 'has failed too often';
    onNote(`${id} ${words}; to run it again: ${commandLine(['ralph-state', 'retry', id, '--repo', repo])}`);
  }
  const number = (wanted: 'blocked' | 'failed') => held.filter(({ why }) => why === wanted).length;
  const [blocked, failed] = [number('blocked'), number('failed')];
  return ({ exclude, busyScopes, landed }) => {
    const not = new Set([...exclude, ...held.map(({ id }) => id)]);
    const { task, waiting, nextStart } = selectGiven(tasks, { exclude: not, landed, busyScopes, now: Date.now() });
    return Promise.resolve({ task, waiting: { ...waiting, blocked, failed }, nextStart, resume: undefined });
  };
}
