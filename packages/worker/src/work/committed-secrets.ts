import { ownRevisions, type OwnRange } from './label-commits.ts';
import { forbiddenPathspecs } from '@ralph/protocol/contract/forbidden-files';
import { workspaceGit } from '../workspace/workspace-git.ts';

const LIMIT_MS = 600_000;

/**
 * Returns the files that commits of the agent's own add and no commit may: those that hold secrets by custom, and files
 * of the run. One that a later commit takes out again counts, since it would land all the same; one that the base has
 * does not.
 */
export async function committedSecrets(range: OwnRange): Promise<string[]> {
  // Without the full history, a branch that was merged after it had taken the file out again would be passed over.
  const how = ['-z', '-c', '--full-history', '--no-renames', '--diff-filter=A', '--name-only', '--format='];
  const args = ['log', ...how, ...(await ownRevisions(range)), '--', ...forbiddenPathspecs()];
  const added = new Set(names(await workspaceGit(range.workspace, args, { limitMs: LIMIT_MS })));
  if (added.size === 0) return [];
  const base = await workspaceGit(range.workspace, ['ls-tree', '-r', '-z', '--name-only', range.base]);
  for (const name of names(base)) added.delete(name);
  return [...added].toSorted();
}

function names(text: string): string[] {
  return text.split('\0').filter((name) => name !== '');
}
