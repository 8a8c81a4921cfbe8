import { isFailure } from '@ralph/protocol/contract/failure';
import { markedWorktrees } from '@ralph/protocol/process/loop-worktrees';
import { findGitRepository, loopOf, sharedRoot } from '@ralph/protocol/process/repository';
import { callSibling } from '@ralph/protocol/process/sibling';

/** Lifecycles of records whose task is done, being done, or kept for a person. */
const TAKEN = new Set(['running', 'integrating', 'completed', 'blocked_push']);

/**
 * Returns the tasks that other loops of the repository do, have done or have blocked, by their records as they are now:
 * the queues of several loops hold the same tasks. One that failed there is free.
 */
export async function takenByOthers(root: string): Promise<ReadonlySet<string>> {
  const records = await Promise.all(rootsOfOthers(root).map(recordsOf));
  const taken = records.flat().filter(({ lifecycle }) => TAKEN.has(String(lifecycle)));
  return new Set(taken.map(({ task_id: id }) => String(id)));
}

/** The roots of the other loops, whether they run or not. */
function rootsOfOthers(root: string): string[] {
  const { gitDir } = findGitRepository(root);
  const main = sharedRoot(root);
  const second = markedWorktrees({ root: main, gitDir }).map(({ path }) => path);
  return [main, ...second.filter((path) => loopOf(path) !== undefined)].filter((other) => other !== root);
}

async function recordsOf(root: string): Promise<Record<string, unknown>[]> {
  try {
    return await callSibling('ralph-state', ['list', '--repo', root]);
  } catch (error) {
    // What the loop there cannot read itself holds nobody else up: the claims of tasks are shared all the same.
    if (isFailure(error)) return [];
    throw error;
  }
}
