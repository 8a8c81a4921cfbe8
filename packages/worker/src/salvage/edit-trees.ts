import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { git, tryGit, type GitOptions } from '@ralph/protocol/process/git';
import { openNestedRepositories } from '../work/nested-repositories.ts';
import { stageEdits, unstageForbidden } from '../work/stage-edits.ts';
import { inWorkspace } from '../workspace/workspace-git.ts';

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
 * Writes the files and the index of a workspace as trees, through a second index, so that its own stays as it is.
 *
 * @param head the commit to compare with; nothing on a branch without one
 */
export async function editTrees(workspace: string, head: string | undefined): Promise<EditTrees> {
  const folder = join(workspace, '.git/ralph');
  mkdirSync(folder, { recursive: true });
  const index = join(folder, 'salvage-index');
  const where = inWorkspace(workspace, { env: { GIT_INDEX_FILE: index } });
  const from = head === undefined ? await emptyTree(where) : await treeOf(where, head);
  try {
    const own = join(workspace, '.git/index');
    let staged: string | undefined;
    if (existsSync(own)) {
      cpSync(own, index);
      staged = await indexTree(where, from);
    }
    await stageEdits(where, from);
    const files = (await git(['write-tree'], where)).trim();
    const keepsStaged = staged !== undefined && staged !== from && staged !== files;
    return { files, staged: keepsStaged ? staged : undefined, edited: keepsStaged || files !== from };
  } finally {
    rmSync(index, { force: true });
  }
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
  folder: string,
  gitDir: string,
  parent: string | undefined,
): Promise<string | undefined> {
  const scratch = mkdtempSync(join(tmpdir(), 'ralph-salvage-'));
  const env = { GIT_DIR: gitDir, GIT_WORK_TREE: folder, GIT_INDEX_FILE: join(scratch, 'index') };
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
