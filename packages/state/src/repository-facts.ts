import type { Repository } from '@ralph/protocol/process/repository';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { gitFailed, tryGit } from '@ralph/protocol/process/git';

/**
 * Tells whether git carries the queue file of a repository; then its changes travel in commits and are not made here.
 *
 * @throws Failure `git_failed` when git cannot tell, `git_missing`
 */
export async function isQueueTracked({ root, gitDir }: Repository): Promise<boolean> {
  if (gitDir === undefined) return false;
  const args = ['ls-files', '--error-unmatch', '--', RALPH_PATHS.queue];
  const result = await tryGit(args, { cwd: root });
  if (result.exitCode === 0) return true;
  if (result.exitCode === 1) return false;
  throw gitFailed(args, root, result);
}

/** Returns the branch that is checked out, or nothing when HEAD is detached or this is not a git repository. */
export async function currentBranch({ root, gitDir }: Repository): Promise<string | undefined> {
  if (gitDir === undefined) return undefined;
  const { exitCode, stdout } = await tryGit(['symbolic-ref', '--quiet', '--short', 'HEAD'], { cwd: root });
  return exitCode === 0 ? stdout.trim() : undefined;
}
