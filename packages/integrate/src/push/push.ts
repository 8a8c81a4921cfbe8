import { tryGit, type GitResult } from '@ralph/protocol/process/git';
import type { Settings } from '../site/settings.ts';
import { usersGit } from '../site/users-git.ts';
import { bindRemote } from '../workspace/workspace-remote.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { hooksFrom, NO_HOOKS } from '../workspace/workspace-git.ts';

/**
 * Sends a commit to the target branch, never by force. The commit is named, so that what the gate has seen is what is
 * pushed, whatever has become of HEAD. A submodule's commit that is on no remote makes git refuse. One that was cut off,
 * at its time limit too, may still arrive.
 */
export async function pushCommit(
  settings: Settings,
  workspace: Workspace,
  commit: string,
  signal: AbortSignal,
): Promise<GitResult> {
  return pushTo(settings, workspace, { refspec: `${commit}:refs/heads/${settings.targetBranch}` }, signal);
}

/**
 * Sends a commit to any branch.
 *
 * @param order `lease`: what the branch is at, and may be replaced; without one it is only brought forward
 */
export async function pushTo(
  settings: Settings,
  workspace: Workspace,
  { refspec, lease }: { readonly refspec: string; readonly lease?: string },
  signal: AbortSignal,
): Promise<GitResult> {
  const { root, remote, pushTimeoutMs: limitMs } = settings;
  // Again: agent and gate are done with the configuration only now.
  await bindRemote(settings, workspace.path);
  const args = [
    '-c',
    'push.followTags=false',
    '-c',
    // A server is silent for as long as its hooks take; the time limit is what ends it.
    'http.lowSpeedLimit=0',
    'push',
    '--porcelain',
    '--recurse-submodules=check',
    ...(lease === undefined ? [] : [`--force-with-lease=${lease}`]),
    remote.name,
    refspec,
  ];
  const options = { cwd: workspace.path, signal, limitMs };
  // A hook of the user's may judge a push, one of a workspace may not.
  return tryGit(args, hooksFrom((await usersGit(root)).hooks ?? NO_HOOKS, options));
}
