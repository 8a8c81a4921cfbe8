import { Failure } from '@ralph/protocol/contract/failure';
import { tryGit } from '@ralph/protocol/process/git';

/**
 * Returns the branch that work lands on: the given one, or the branch checked out in the main worktree.
 *
 * @throws Failure `detached_head` when neither is there
 */
export async function targetBranch(root: string, given: string | undefined): Promise<string> {
  if (given !== undefined) return given;
  const { stdout, exitCode } = await tryGit(['symbolic-ref', '--quiet', '--short', 'HEAD'], { cwd: root });
  if (exitCode === 0) return stdout.trim();
  throw new Failure('detached_head', `a named branch is needed (detached HEAD detected in ${root})`, {
    hint: 'check out a branch, or name one with --target-branch',
  });
}
