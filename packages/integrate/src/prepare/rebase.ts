import { gitFailed } from '@ralph/protocol/process/git';
import type { Workspace } from '../workspace/workspace.ts';
import { isRebasing, undoRebase } from '../workspace/workspace-recovery.ts';
import { git, tryGit } from '../workspace/workspace-git.ts';

/** How every rebase of ours is run. */
export const REBASE = [
  '-c',
  'rebase.backend=merge',
  '-c',
  'rebase.autoSquash=false',
  '-c',
  'rebase.rebaseMerges=false',
  '-c',
  'advice.mergeConflict=false',
  'rebase',
  '--quiet',
  '--no-fork-point',
];

export const REBASE_LIMIT_MS = 600_000;

/**
 * Rebases HEAD onto a commit; commits that are there already are dropped. A rebase that does not end well is taken
 * back.
 *
 * @param env of the git that rebases
 * @returns the files in conflict, exactly as they are named; none when the rebase was done
 * @throws Failure `git_failed` when it ended otherwise
 */
export async function rebaseOnto(
  workspace: Workspace,
  onto: string,
  env: Readonly<Record<string, string>>,
): Promise<string[]> {
  const args = [...REBASE, onto];
  const result = await tryGit(args, { cwd: workspace.path, env, limitMs: REBASE_LIMIT_MS });
  if (result.exitCode === 0) return [];
  const files = await filesInConflict(workspace);
  if (isRebasing(workspace)) await undoRebase(workspace);
  if (files.length > 0) return files;
  throw gitFailed(args.slice(args.indexOf('rebase')), workspace.path, result);
}

/** Returns the files in conflict, exactly as they are named. */
export async function filesInConflict({ path }: Workspace): Promise<string[]> {
  const out = await git(['ls-files', '--unmerged', '-z'], { cwd: path });
  const names = out.split('\0').flatMap((entry) => (entry === '' ? [] : [entry.slice(entry.indexOf('\t') + 1)]));
  return [...new Set(names)];
}
