import { lstatSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { Failure } from '@ralph/protocol/contract/failure';
import { closedFolderOf, isOfRun } from './no-travel.ts';
import type { Traveller } from './traveller.ts';
import type { Site } from '../site/site.ts';
import { isWithin } from '../site/workspace-root.ts';

/** Where the content of a traveller is, or the folder in the repository that it is a link to. */
export type Source =
  { readonly kind: 'file'; readonly path: string } | { readonly kind: 'folder'; readonly target: string };

/**
 * Finds what a traveller stands for, through symlinks. Nothing when it is gone, dangles, or is no file; only
 * `.worktreeinclude` can name a link to a folder, which stays a link.
 *
 * @throws Failure `travel_refused` for one that leads out of the repository or to where nothing travels from
 */
export function sourceOf(site: Site, traveller: Traveller): Source | undefined {
  const { root } = site.repo;
  const real = realPathOf(join(root, traveller.path));
  if (real === undefined) return undefined;
  const within = relative(root, real);
  const folder = statSync(real).isDirectory();
  const problem = obstacle(site, traveller, real, folder ? `${within}/.` : within);
  if (problem !== undefined) throw refused(traveller, problem);
  if (folder) {
    // A folder that stands where a file was listed is somebody else's doing.
    const isLink = lstatSync(join(root, traveller.path)).isSymbolicLink();
    if (!traveller.isIncluded || !isLink) return undefined;
    return { kind: 'folder', target: relative(dirname(join(root, traveller.path)), real) };
  }
  return statSync(real).isFile() ? { kind: 'file', path: real } : undefined;
}

function obstacle(
  { repo, root }: Site,
  { path, isIncluded }: Traveller,
  real: string,
  within: string,
): string | undefined {
  if (!isWithin(repo.root, real)) return `resolves outside repo root (${real})`;
  if (isWithin(root, real)) return `resolves into the folder of the workspaces (${real})`;
  if (within === path) return undefined;
  if (isOfRun(within)) return `resolves to a file of the run (${within})`;
  const closed = isIncluded ? undefined : closedFolderOf(within);
  return closed === undefined ? undefined : `resolves into ${closed}/, from which nothing travels`;
}

function refused({ path }: Traveller, problem: string): Failure {
  return new Failure('travel_refused', `${path} ${problem}. Refusing to copy it into a workspace.`, {
    hint: `put a file in the place of the symlink: ls -l ${path}`,
    details: { path },
  });
}

function realPathOf(path: string): string | undefined {
  try {
    return realpathSync.native(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ELOOP' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}
