import { commandLine } from '@ralph/protocol/cli/shell-words';
import type { Task } from '@ralph/protocol/contract/task';
import { callSibling } from '@ralph/protocol/process/sibling';
import { selectGiven, standingsOf } from './given-tasks.ts';
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
 * is waiting for a person, and neither is one that has failed too often; both are told, and both are taken up once they
 * were asked for again, from their commits where those go on. What is asked for while the run goes on is seen, too.
 *
 * @param maxFailures 0 means that none has failed too often
 */
export async function fromGiven(
  tasks: readonly Task[],
  keeper: Pick<StateKeeper, 'foreignWrites'>,
  { repo, maxFailures }: { readonly repo: string; readonly maxFailures: number },
  onNote: (line: string) => void,
): Promise<TaskSource> {
  const read = async () =>
    standingsOf(tasks, await callSibling('ralph-state', ['list', '--repo', repo], onNote), maxFailures);
  let known = await read();
  let seen = keeper.foreignWrites;
  for (const [id, why] of known.held) {
    const words = why === 'blocked' ? 'is blocked since an earlier run' : 'has failed too often';
    onNote(`${id} ${words}; to run it again: ${commandLine(['ralph-orchestrate', 'retry', id, '--repo', repo])}`);
  }
  return async ({ exclude, busy, busyScopes, finishedOnly, landed }) => {
    const isOver = (id: string) => exclude.includes(id) && !busy.includes(id);
    // One that was asked for and attempted since is not asked for any more; the records say so.
    if (keeper.foreignWrites !== seen || [...known.asked.keys()].some(isOver)) {
      seen = keeper.foreignWrites;
      known = await read();
    }
    const { asked, held } = known;
    const out = exclude.filter((id) => busy.includes(id) || !asked.has(id));
    const fresh = finishedOnly ? tasks.map(({ id }) => id).filter((id) => asked.get(id) === undefined) : [];
    const not = new Set([...out, ...held.keys(), ...fresh]);
    const { task, waiting, nextStart } = selectGiven(tasks, { exclude: not, landed, busyScopes, now: Date.now() });
    const waits = [...held].filter(([id]) => !exclude.includes(id)).map(([, why]) => why);
    const number = (wanted: 'blocked' | 'failed') => waits.filter((why) => why === wanted).length;
    const counts = { ...waiting, blocked: number('blocked'), failed: number('failed') };
    return { task, waiting: counts, nextStart, resume: task === undefined ? undefined : asked.get(task.id) };
  };
}
