import { usersGit } from '../site/users-git.ts';
import type { Settings } from '../site/settings.ts';
import type { Workspace } from './workspace.ts';
import { borrowsFrom } from './workspace-marker.ts';
import { objectsOf } from '../site/git-folder.ts';

/**
 * Returns an environment in which a git of ours in a workspace knows the objects of the main repository alone, and adds
 * to them: what it makes of a parked tip need not be brought there any more. Only where the workspace borrows them, so
 * that it has what was made too, and where they would be written no other way by a git that stands in the main
 * repository; nothing otherwise.
 */
export async function mainObjects(
  { root, publish }: Settings,
  { gitDir }: Workspace,
): Promise<Record<string, string> | undefined> {
  // A branch for a review is kept by a ref only when it stands on the remote.
  if (publish.mode !== 'push') return undefined;
  if (!borrowsFrom(root, gitDir) || !(await usersGit(root)).objectsAsUsual) return undefined;
  // Those of the workspace are left out: an object that stands there already would not be written a second time.
  return { GIT_OBJECT_DIRECTORY: objectsOf(root) };
}
