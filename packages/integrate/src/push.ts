import { tryGit, type GitResult } from '@ralph/protocol/process/git';
import type { Settings } from './settings.ts';
import type { Workspace } from './workspace.ts';

/** The low-speed limit ends a silent server before this. */
const PUSH_LIMIT_MS = 600_000;

/**
 * Sends a commit to the target branch, never by force. The commit is named, so that what the gate has seen is what is
 * pushed, whatever has become of HEAD.
 */
export function pushCommit(
  settings: Settings,
  workspace: Workspace,
  commit: string,
  signal: AbortSignal,
): Promise<GitResult> {
  const { remote, targetBranch } = settings;
  const args = [
    '-c',
    'push.followTags=false',
    'push',
    '--porcelain',
    '--recurse-submodules=no',
    remote.name,
    `${commit}:refs/heads/${targetBranch}`,
  ];
  return tryGit(args, { cwd: workspace.path, signal, limitMs: PUSH_LIMIT_MS });
}
