import { join } from 'node:path';
import { git } from '@ralph/protocol/process/git';
import { findGitRepository } from '@ralph/protocol/process/repository';
import { branchOfTask } from '../publish/branch.ts';
import { trackingRef, type Settings } from '../site/settings.ts';

/** What the refs of others reach. */
export interface Reach {
  /** Where the target branch is, as the remote said last; a workspace may believe anything. */
  readonly target: string;
  /** Commits that refs of the main repository stand on which are not about the task. */
  readonly commits: readonly string[];
  /** Lets git in a workspace see the objects of the main repository, from which it need not borrow. */
  readonly env: Readonly<Record<string, string>>;
}

/** Reads what the refs of the main repository stand on, but for those of a task itself. */
export async function reachOfOthers(settings: Settings, taskId: string): Promise<Reach> {
  const { root } = settings;
  const listed = await git(['for-each-ref', '--format=%(objectname) %(refname)'], { cwd: root });
  const commits = new Set<string>();
  const tracking = trackingRef(settings);
  let target = tracking;
  for (const line of listed.split('\n')) {
    const [commit = '', ref = ''] = line.split(' ');
    if (ref === tracking) target = commit;
    if (commit !== '' && !isOwnRef(ref, taskId)) commits.add(commit);
  }
  const objects = join(findGitRepository(root).gitDir, 'objects');
  return { target, commits: [...commits], env: { GIT_ALTERNATE_OBJECT_DIRECTORIES: JSON.stringify(objects) } };
}

/**
 * Tells whether a ref of the main repository, or of a workspace, is about the task itself. What was stacked in a train
 * holds the work of those below it: it says nothing about whose that is.
 */
export function isOwnRef(ref: string, taskId: string): boolean {
  if (ref.startsWith('refs/ralph/train/')) return true;
  if (ref.startsWith('refs/ralph/')) return ref.split('/')[3] === taskId;
  const branch = branchOfTask({ taskId });
  return ref === `refs/heads/${branch}` || (ref.startsWith('refs/remotes/') && ref.endsWith(`/${branch}`));
}

/** Returns what `--exclude` takes out of `--remotes` in a workspace; the target branch itself is given by hand. */
export function ownTracking({ remote, targetBranch }: Settings, taskId: string): string[] {
  return [`${remote.name}/HEAD`, `${remote.name}/${targetBranch}`, `*/${branchOfTask({ taskId })}`];
}
