import { copyFileSync, mkdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { git, tryGit, type GitOptions } from '@ralph/protocol/process/git';
import { openNestedRepositories } from '../work/nested-repositories.ts';
import { stageEdits, unstageForbidden } from '../work/stage-edits.ts';
import { showHiddenEdits } from './hidden-edits.ts';
import { salvageGit } from './salvage-git.ts';
import type { Site } from '../site/site.ts';
import { kindAt } from '../site/workspace-path.ts';

/** What a workspace holds beside its commits, as trees. */
export interface EditTrees {
  /** Its files as they stand. */
  readonly files: string;
  /** Its index, where that differs from both HEAD and the files. */
  readonly staged: string | undefined;
  /** Whether there is anything that HEAD does not have. */
  readonly edited: boolean;
}

/**
 * Writes the files and the index of a workspace as trees, through a second index, so that its own stays as it is. The
 * trees and new files go into the user's repository.
 *
 * @param head the commit to compare with; nothing on a branch without one
 */
export async function editTrees(repo: Site['repo'], workspace: string, head: string | undefined): Promise<EditTrees> {
  const scratch = makeScratch(repo, workspace);
  const index = join(scratch, 'index');
  try {
    return await treesThrough(
      { where: salvageGit(repo.gitDir, workspace, index), index },
      join(workspace, '.git/index'),
      head,
    );
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * Writes files and index as trees through a second index.
 *
 * @param second the second index, and where git finds the files by it
 * @param own the index that the files have
 */
export async function treesThrough(
  { where, index }: { readonly where: GitOptions; readonly index: string },
  own: string,
  head: string | undefined,
): Promise<EditTrees> {
  const from = head === undefined ? await emptyTree(where) : await treeOf(where, head);
  let staged: string | undefined;
  if (copyIndex(own, index)) staged = await indexTree(where, from);
  // Without an index, what the commit has and git ignores would seem to be deleted.
  else await git(['read-tree', from], where);
  await showHiddenEdits(where);
  await stageEdits(where, from);
  const files = (await git(['write-tree'], where)).trim();
  const keepsStaged = staged !== undefined && staged !== from && staged !== files;
  return { files, staged: keepsStaged ? staged : undefined, edited: keepsStaged || files !== from };
}

/** Beside the objects that are to be written: a disk that has no room for the one has none for the other. */
function makeScratch({ root }: Site['repo'], workspace: string): string {
  const folder = join(root, dirname(RALPH_PATHS.claims), `.salvage.${basename(workspace)}`);
  // A salvage that was killed has left it.
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Copies the index with its time, by which git knows which files it has to look into; tells whether there was one. */
function copyIndex(own: string, copy: string): boolean {
  if (kindAt(own) !== 'other') return false;
  copyFileSync(own, copy);
  const { atimeMs, mtimeMs } = statSync(own);
  utimesSync(copy, atimeMs / 1000, (Math.floor(mtimeMs) - 1) / 1000);
  return true;
}

/** Returns the index as a tree; nothing in the middle of a merge, where it has none. */
async function indexTree(where: GitOptions, from: string): Promise<string | undefined> {
  const unmerged = await git(['ls-files', '--unmerged', '-z'], where);
  if (unmerged !== '') return undefined;
  await unstageForbidden(where, from);
  const { exitCode, stdout } = await tryGit(['write-tree'], where);
  return exitCode === 0 ? stdout.trim() : undefined;
}

/**
 * Writes the files of a folder whose own git folder is of no use as a tree in the user's repository. Returns nothing
 * when they are those of the parent.
 */
export async function filesTree(
  repo: Site['repo'],
  folder: string,
  parent: string | undefined,
): Promise<string | undefined> {
  const scratch = makeScratch(repo, folder);
  const env = { GIT_DIR: repo.gitDir, GIT_WORK_TREE: folder, GIT_INDEX_FILE: join(scratch, 'index') };
  const where = { cwd: folder, env };
  try {
    const from = parent === undefined ? await emptyTree(where) : await treeOf(where, parent);
    await git(['read-tree', from], where);
    await openNestedRepositories(where);
    await stageEdits(where, from);
    const files = (await git(['write-tree'], where)).trim();
    return files === from ? undefined : files;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Returns the tree of a commit. */
export async function treeOf(where: GitOptions, commit: string): Promise<string> {
  return (await git(['rev-parse', '--verify', `${commit}^{tree}`], where)).trim();
}

async function emptyTree(where: GitOptions): Promise<string> {
  return (await git(['mktree'], { ...where, input: '' })).trim();
}
