import { fstatSync, statSync } from 'node:fs';
import { dropFile } from './drop-file.ts';
import { commandLine } from '../cli/shell-words.ts';
import { Failure } from '../contract/failure.ts';
import type { ClaimFiles } from './claim-files.ts';
import { claimPath } from './claimed-tasks.ts';
import { takeFlock } from './flock.ts';
import { lockDescriptor } from './lock-descriptor.ts';

/** The right to touch the workspace of a task: one process has it at a time, and the kernel frees it when we die. */
export interface TaskClaim {
  readonly taskId: string;
  /** The open file whose lock it is: a child that inherits it works under the same claim. */
  readonly fd: number;
  /** Gives the claim back; never throws. */
  release(): void;
}

export interface ClaimOptions {
  readonly waitMs: number;
  readonly signal?: AbortSignal;
  /** For whoever takes many claims, and hands none of them on to a child that outlives the claim. */
  readonly files?: ClaimFiles | undefined;
}

/** Takes the claim of a task, or returns nothing when a living process still has it after the wait. */
export async function tryClaim(
  repoRoot: string,
  taskId: string,
  options: ClaimOptions,
): Promise<TaskClaim | undefined> {
  const path = claimPath(repoRoot, taskId);
  const lock = (await options.files?.take(path)) ?? (await takeFlock(path, options));
  if (lock === undefined) return undefined;
  const release = () => {
    try {
      // The file goes while we hold it, so that nobody who waits for it can win a file that is gone: winners look again.
      if (lock.isCurrent()) dropFile(lock.path);
    } catch {
      // A file that stays does no harm: the claim is the lock on it.
    } finally {
      lock.release();
    }
  };
  return { taskId, fd: lock.fd, release };
}

/**
 * Takes the claim of a task.
 *
 * @throws Failure `claim_held` when a living process still has it after the wait
 */
export async function takeClaim(repoRoot: string, taskId: string, options: ClaimOptions): Promise<TaskClaim> {
  const claim = await tryClaim(repoRoot, taskId, options);
  if (claim !== undefined) return claim;
  throw new Failure('claim_held', `${taskId} is being worked on by another process`, {
    hint: `${commandLine(['fuser', claimPath(repoRoot, taskId)])}  # who it is; wait until it has ended`,
    taskId,
  });
}

/**
 * Makes sure that a descriptor that we have inherited is the claim of a task: it lasts as long as one of the processes
 * that have it open, so that the caller may be killed meanwhile.
 *
 * @throws Failure `claim_held` when it is another file, or another process has the claim
 */
export async function requireInheritedClaim(repoRoot: string, taskId: string, fd: number): Promise<void> {
  const path = claimPath(repoRoot, taskId);
  if (isOpenAs(fd, path) && (await lockDescriptor(fd, { waitMs: 0, hasMoved: () => false })) === 'locked') return;
  throw new Failure('claim_held', `descriptor ${fd} is not the claim of ${taskId}`, {
    hint: `${commandLine(['fuser', path])}  # who has it`,
    taskId,
  });
}

function isOpenAs(fd: number, path: string): boolean {
  const at = statSync(path, { throwIfNoEntry: false, bigint: true });
  try {
    const ours = fstatSync(fd, { bigint: true });
    return at !== undefined && at.ino === ours.ino && at.dev === ours.dev;
  } catch {
    return false;
  }
}
