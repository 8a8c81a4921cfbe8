import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '@ralph/protocol/contract/failure';
import { attemptRef, RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { takeFlock, type HeldLock } from '@ralph/protocol/process/flock';
import { attemptOfRef, nextAttempt } from './attempt-number.ts';
import { createRef, refsOfTask } from './ralph-refs.ts';
import type { Site } from './site.ts';

/** The right to touch the workspace of a task: one process has it at a time, and the kernel frees it when we die. */
export interface Claim {
  readonly taskId: string;
  release(): void;
}

/** Returns the lock file that stands for the claim of a task. */
export function claimPath(repoRoot: string, taskId: string): string {
  return join(repoRoot, RALPH_PATHS.claims, `${taskId}.lock`);
}

/** Takes the claim of a task, or returns nothing when a living process has it. */
export async function tryClaim({ repo }: Site, taskId: string): Promise<Claim | undefined> {
  const path = claimPath(repo.root, taskId);
  const lock = await takeFlock(path, { waitMs: 0 });
  return lock === undefined ? undefined : { taskId, release: () => release(lock) };
}

/**
 * Takes the claim of a task.
 *
 * @throws Failure `claim_held` when a living process has it
 */
export async function takeClaim(site: Site, taskId: string): Promise<Claim> {
  const claim = await tryClaim(site, taskId);
  if (claim !== undefined) return claim;
  throw new Failure('claim_held', `${taskId} is being worked on by another process`, {
    hint: 'wait until it has ended',
    taskId,
    details: { path: claimPath(site.repo.root, taskId) },
  });
}

/** Returns the number that the next attempt at a claimed task gets. */
export async function nextAttemptNumber(site: Site, taskId: string, asked: number | undefined): Promise<number> {
  const refs = await refsOfTask(site.repo.root, taskId);
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

// The file goes while we hold it, so that nobody who waits for it can win a file that is gone: winners look again.
function release(lock: HeldLock): void {
  if (lock.isCurrent()) rmSync(lock.path, { force: true });
  lock.release();
}
