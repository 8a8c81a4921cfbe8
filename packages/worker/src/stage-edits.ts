import { git, type GitOptions } from '@ralph/protocol/process/git';
import { forbiddenPathspecs } from './own-files.ts';
import { workspaceGit } from './workspace-git.ts';

const LIMIT_MS = 600_000;

/**
 * Stages everything that differs from a tree and is not ignored, and takes out again what no commit of ours may add: a
 * changed `.env` goes in when the tree has it already, a new one never does.
 *
 * @param where may name another index, so that the workspace's own stays as it is
 */
export async function stageEdits(where: GitOptions, tree: string): Promise<void> {
  await git(['add', '-A', '--', '.'], { ...where, limitMs: LIMIT_MS });
  await unstageForbidden(where, tree);
}

/** Takes out of the index what no commit of ours may add to a tree, whoever staged it. */
export async function unstageForbidden(where: GitOptions, tree: string): Promise<void> {
  const added = ['diff-index', '--cached', '--name-only', '--diff-filter=A', '-z', tree, '--'];
  const forbidden = await git([...added, ...forbiddenPathspecs()], where);
  if (forbidden === '') return;
  const remove = ['rm', '--cached', '-f', '-q', '--ignore-unmatch', '--pathspec-from-file=-', '--pathspec-file-nul'];
  await git(['--literal-pathspecs', ...remove], { ...where, input: forbidden });
}

/** Returns the untracked repositories inside a workspace, which git would add as a bare pointer, losing their files. */
export async function nestedRepositories(workspace: string): Promise<string[]> {
  const args = ['ls-files', '--others', '--exclude-standard', '-z'];
  const others = await workspaceGit(workspace, args, { limitMs: LIMIT_MS });
  return others.split('\0').filter((name) => name.endsWith('/'));
}
