import { Failure, isFailure } from '@ralph/protocol/contract/failure';
import { requireExecutable } from '@ralph/protocol/process/find-executable';
import { tryGit } from '@ralph/protocol/process/git';

/**
 * Looks whether files of the repository are kept by git-lfs, and whether a workspace can have them.
 *
 * @returns what a person should hear: that workspaces hold pointers, as the main worktree does
 * @throws Failure `workspace_unsupported` where git-lfs is set up and is not there, since no checkout would succeed
 */
export async function lfsWarning(repoRoot: string): Promise<string | undefined> {
  const grep = [
    'grep',
    '-q',
    '--cached',
    '-E',
    '^[^#]*[[:space:]]filter=lfs([[:space:]]|$)',
    '--',
    ':(glob)**/.gitattributes',
  ];
  if ((await tryGit(grep, { cwd: repoRoot })).exitCode !== 0) return undefined;
  const filter = await tryGit(['config', '--get-regexp', String.raw`^filter\.lfs\.`], { cwd: repoRoot });
  if (filter.exitCode !== 0) {
    return 'git-lfs is not set up here: workspaces hold pointers in the place of its files (git lfs install)';
  }
  if (!/ git-lfs /.test(filter.stdout) || isInstalled()) return undefined;
  throw new Failure('workspace_unsupported', 'files of this repository are kept by git-lfs, which was not found', {
    hint: 'install git-lfs, or git lfs uninstall to work with pointers',
  });
}

function isInstalled(): boolean {
  try {
    requireExecutable('git-lfs', process.cwd());
    return true;
  } catch (error) {
    if (isFailure(error)) return false;
    throw error;
  }
}
