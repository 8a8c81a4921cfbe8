import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PLAIN_INDEX } from '../workspace/git-folder.ts';
import { hasOwnGitFolder } from '../workspace/own-git-folder.ts';
import { trySoughtRecords } from '../workspace/git-records.ts';
import { inWorkspace, tryWorkspaceGit } from '../workspace/workspace-git.ts';

const LIMIT_MS = 600_000;

const OTHER_THAN_PLAIN = { separator: '\0', begins: '(?!H )' } as const;

/** A stash holds more than its ref names; another store of refs would hide that there is one. */
const DOUBTFUL = ['refs/stash', 'logs/refs/stash', 'reftable'];

/**
 * Tells by three questions whether a workspace holds nothing that others do not have, as that of landed work does: no
 * commit but saved ones and those of the remote, no stash, no edit, no new file, and no file that git was told not to
 * look at. When in doubt, which a single word of git on stderr is, it says no, and all of it is looked through. The git
 * folder of the workspace is not changed.
 *
 * @param saved commits of the user's repository that keep work of this task
 */
export async function holdsNothingOfItsOwn(workspace: string, saved: readonly string[]): Promise<boolean> {
  if (!hasOwnGitFolder(workspace) || DOUBTFUL.some((name) => existsSync(join(workspace, '.git', name)))) return false;
  const own = ['--exclude=refs/ralph/*', '--all', ...saved.map((commit) => `^${commit}`), '--not', '--remotes'];
  if ((await wordsOf(workspace, ['rev-list', '--max-count=1', ...own])) !== '') return false;
  const status = ['status', '--porcelain', '-z', '--untracked-files=normal', '--ignore-submodules=none'];
  if ((await wordsOf(workspace, ['--no-optional-locks', ...PLAIN_INDEX, ...status])) !== '') return false;
  return hasPlainEntriesOnly(workspace);
}

async function hasPlainEntriesOnly(workspace: string): Promise<boolean> {
  const where = inWorkspace(workspace, { limitMs: LIMIT_MS });
  let isPlain = true;
  const { exitCode, stderr } = await trySoughtRecords(['ls-files', '-v', '-z'], where, OTHER_THAN_PLAIN, () => {
    isPlain = false;
  });
  return isPlain && exitCode === 0 && stderr === '';
}

async function wordsOf(workspace: string, args: readonly string[]): Promise<string | undefined> {
  const { exitCode, stdout, stderr } = await tryWorkspaceGit(workspace, args, { limitMs: LIMIT_MS });
  return exitCode === 0 && stderr === '' ? stdout : undefined;
}
