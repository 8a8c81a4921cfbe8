import { branchOfTask } from '../publish/branch.ts';
import { trackingRef, type Settings } from '../site/settings.ts';
import type { MainRef } from './main-refs.ts';
import { objectsOf } from '../site/git-folder.ts';

/** What the refs of others reach. */
export interface Reach {
  /** Where the target branch is, as the remote said last; a workspace may believe anything. */
  readonly target: string;
  /** Commits that refs of the main repository stand on which are not about the task. */
  readonly commits: readonly string[];
  /** Lets git in a workspace see the objects of the main repository, from which it need not borrow. */
  readonly env: Readonly<Record<string, string>>;
}

/** Returns what the refs of the main repository stand on, but for those of a task itself. */
export function reachOfOthers(settings: Settings, taskId: string, refs: readonly MainRef[]): Reach {
  const tracking = trackingRef(settings);
  const commits = refs.flatMap(({ name, commit }) => (isOwnRef(name, taskId) ? [] : [commit]));
  const objects = objectsOf(settings.root);
  return {
    target: refs.find(({ name }) => name === tracking)?.commit ?? tracking,
    commits: [...new Set(commits)],
    env: { GIT_ALTERNATE_OBJECT_DIRECTORIES: JSON.stringify(objects) },
  };
}

/**
 * Tells whether a ref of the main repository, or of a workspace, is about the task itself. What was stacked in a train
 * holds the work of those below it: it says nothing about whose that is. Nor does what a runner of GitLab calls the commit
 * that it was started for.
 */
export function isOwnRef(ref: string, taskId: string): boolean {
  if (ref.startsWith('refs/ralph/train/') || ref.startsWith('refs/pipelines/')) return true;
  if (ref.startsWith('refs/ralph/')) return ref.split('/')[3] === taskId;
  const branch = branchOfTask({ taskId });
  return ref === `refs/heads/${branch}` || (ref.startsWith('refs/remotes/') && ref.endsWith(`/${branch}`));
}

/** Returns what `--exclude` takes out of `--remotes` in a workspace; the target branch itself is given by hand. */
export function ownTracking({ remote, targetBranch }: Settings, taskId: string): string[] {
  return [`${remote.name}/HEAD`, `${remote.name}/${targetBranch}`, `*/${branchOfTask({ taskId })}`];
}
