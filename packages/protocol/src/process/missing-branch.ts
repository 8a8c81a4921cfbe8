import { commandLine } from '../cli/shell-words.ts';
import { Failure } from '../contract/failure.ts';
import { tryGit } from './git.ts';

/** Returns the failure for a target branch that a remote has not, with the push that makes it. */
export async function missingBranch(repoRoot: string, remote: string, branch: string): Promise<Failure> {
  const local = await tryGit(['rev-parse', '--verify', '--quiet', `refs/heads/${branch}^{commit}`], { cwd: repoRoot });
  const what = local.exitCode === 0 ? ['-u', remote, branch] : [remote, `HEAD:refs/heads/${branch}`];
  return new Failure('target_branch_missing', `${remote} has no branch ${branch}`, {
    hint: commandLine(['git', 'push', ...what]),
  });
}
