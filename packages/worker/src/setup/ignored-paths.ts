import { workspaceGit } from '../workspace/workspace-git.ts';

/**
 * Returns what stands in a workspace and is ignored by git, the outermost alone: a folder, with a slash at its end,
 * stands for all that is in it.
 */
export async function ignoredPaths(workspace: string): Promise<string[]> {
  const listing = ['ls-files', '--others', '--ignored', '--exclude-standard', '--directory', '-z'];
  const text = await workspaceGit(workspace, listing, { limitMs: 600_000 });
  return text.split('\0').filter((path) => path !== '');
}
