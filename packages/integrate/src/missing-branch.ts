import { commandLine } from '@ralph/protocol/cli/shell-words';
import { Failure } from '@ralph/protocol/contract/failure';
import { tryGit } from '@ralph/protocol/process/git';
import type { Settings } from './settings.ts';

/** Returns the failure for a target branch that the remote has not, with the push that makes it. */
export async function missingBranch({
  root,
  remote,
  targetBranch: branch,
}: Pick<Settings, 'root' | 'remote' | 'targetBranch'>): Promise<Failure> {
  const local = await tryGit(['rev-parse', '--verify', '--quiet', `refs/heads/${branch}^{commit}`], { cwd: root });
  const what = local.exitCode === 0 ? ['-u', remote.name, branch] : [remote.name, `HEAD:refs/heads/${branch}`];
  return new Failure('target_branch_missing', `${remote.name} has no branch ${branch}`, {
    hint: commandLine(['git', 'push', ...what]),
  });
}
