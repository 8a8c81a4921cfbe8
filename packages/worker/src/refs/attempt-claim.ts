import { Failure } from '@ralph/protocol/contract/failure';
import { attemptRef, landedRef, publishedRef } from '@ralph/protocol/contract/paths';
import { attemptOfRef, nextAttempt } from './attempt-number.ts';
import { createRef, dropRef, namedRefs, prefixesOfTask } from './ralph-refs.ts';
import { removeStaleRefLocks } from '../removal/stale-locks.ts';
import type { Site } from '../site/site.ts';

/** Returns the number that the next attempt at a claimed task gets, and frees its refs of locks that nobody holds. */
export async function nextAttemptNumber(site: Site, taskId: string, asked: number | undefined): Promise<number> {
  await removeStaleRefLocks(site.repo, taskId);
  // What is told as landed or published under a number is of that attempt alone, also when nothing else is left of it.
  const told = [landedRef(taskId, 0), publishedRef(taskId, 0)].map((ref) => ref.slice(0, -1));
  const refs = await namedRefs(site.repo, [...prefixesOfTask(taskId), ...told]);
  return nextAttempt(
    refs.flatMap(({ ref }) => attemptOfRef(ref) ?? []),
    asked,
  );
}

/**
 * Uses an attempt number up, so that no later claim can get it again, by making its ref.
 *
 * @throws Failure `claim_held` when the ref exists, since then somebody works without our lock
 */
export async function recordAttempt(site: Site, taskId: string, attempt: number, commit: string): Promise<void> {
  if (await createRef(site.repo.root, attemptRef(taskId, attempt), commit)) return;
  throw new Failure('claim_held', `attempt ${attempt} at ${taskId} was taken by another process`, {
    hint: 'run it again: the next number will be taken',
    taskId,
    attempt,
  });
}

/**
 * Gives an attempt number back that `recordAttempt` has used up, for an attempt that has not begun. To be called by the
 * holder of the task's claim. Where its ref has got another commit since, which may be work, it stays used up.
 */
export async function giveAttemptBack(site: Site, taskId: string, attempt: number, commit: string): Promise<void> {
  await dropRef(site.repo.root, attemptRef(taskId, attempt), commit);
}
