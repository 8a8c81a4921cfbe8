import { Failure } from '@ralph/protocol/contract/failure';
import type { Task } from '@ralph/protocol/contract/task';
import { prependTasks, type QueueDocument } from '../store/queue-document.ts';
import { followUpTasks, type FollowUps } from './follow-ups.ts';
import { findProblems } from './queue-validation.ts';

/**
 * Returns the queue with what was proposed at its top. Only what is added has to be sound: a queue that is not is told
 * when tasks are chosen from it, and must not keep finished work from landing.
 *
 * @throws Failure `queue_invalid` naming the first task that the queue cannot hold
 */
export async function addFollowUps(
  { queue, done }: { readonly queue: QueueDocument; readonly done: QueueDocument },
  proposed: readonly FollowUps[],
  at: string,
): Promise<{ readonly queue: QueueDocument; readonly added: readonly Task[] }> {
  const added = followUpTasks(proposed, { queue: queue.tasks, done: done.tasks }, at);
  if (added.length === 0) return { queue, added };
  const problem = findProblems([...added, ...queue.tasks], done.tasks).find(
    ({ file, index }) => file === 'queue' && index < added.length,
  );
  if (problem !== undefined) {
    const title = added[problem.index]?.title ?? '';
    throw new Failure('queue_invalid', `the follow-up ${JSON.stringify(title)} cannot be added: ${problem.message}`, {
      hint: 'nothing was changed; mend the proposal',
    });
  }
  const elements = added.map((task) => JSON.stringify(task, null, 2));
  return { queue: await prependTasks(queue, elements), added };
}
