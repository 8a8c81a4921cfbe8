import { findGitRepository, sharedRoot, type Repository } from '@ralph/protocol/process/repository';
import { checkWorkspaceRoot, workspaceRoot } from './workspace-root.ts';

/** Where work is done: the user's repository and the folder of its workspaces. */
export interface Site {
  readonly repo: Required<Repository>;
  /** Real as far as it exists. */
  readonly root: string;
  readonly isDefaultRoot: boolean;
}

/**
 * Finds the repository and the folder of its workspaces, and checks that the folder may serve as one.
 *
 * @throws Failure `not_a_repository`, `workspace_root`
 */
export async function openSite(args: {
  readonly repo: string | undefined;
  readonly 'workspace-root': string | undefined;
}): Promise<Site> {
  const repo = findGitRepository(args.repo);
  const { path, isDefault } = workspaceRoot(repo.root, args['workspace-root']);
  await checkWorkspaceRoot(path, repo);
  return { repo, root: path, isDefaultRoot: isDefault };
}

/**
 * The site as far as files travel into its workspaces: those of a second loop get what the main worktree has, since git
 * puts into a worktree only what is committed.
 */
export function travelSite(site: Site): Site {
  return { ...site, repo: { ...site.repo, root: sharedRoot(site.repo.root) } };
}
