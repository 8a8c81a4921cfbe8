import { dropFile } from './drop-file.ts';
import { commandLine } from '../cli/shell-words.ts';
import { Failure } from '../contract/failure.ts';
import { claimPath } from './claimed-tasks.ts';
import { takeFlock } from './flock.ts';

/** The right to touch the workspace of a task: one process has it at a time, and the kernel frees it when we die. */
export interface TaskClaim {
  readonly taskId: string;
  /** Gives the claim back; never throws. */
  release(): void;
}

export interface ClaimOptions {
  readonly waitMs: number;
  readonly signal?: AbortSignal;
}

/** Takes the claim of a task, or returns nothing when a living process still has it after the wait. */
export async function tryClaim(
  repoRoot: string,
  taskId: string,
  options: ClaimOptions,
): Promise<TaskClaim | undefined> {
  const lock = await takeFlock(claimPath(repoRoot, taskId), options);
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
  return { taskId, release };
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
