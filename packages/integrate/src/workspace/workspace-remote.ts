import type { Settings } from '../site/settings.ts';
import { git, tryGit } from './workspace-git.ts';

/** Settings that lead an address elsewhere, or bring in settings from elsewhere. */
const REDIRECTIONS =
  '^(url\\..*\\.(insteadof|pushinsteadof)|include\\.path|includeif\\..*\\.path|extensions\\.worktreeconfig)$';

/**
 * Gives a workspace the remote of the main repository, and takes away what would lead it elsewhere, so that an agent
 * which changed it there cannot send work elsewhere.
 */
export async function bindRemote(
  { root, remote }: Pick<Settings, 'root' | 'remote'>,
  workspace: string,
): Promise<void> {
  await removeRedirections(root, workspace);
  for (const [key, url] of [
    ['url', remote.fetchUrl],
    ['pushurl', remote.pushUrl],
  ] as const) {
    const args = ['config', '--local', '--get-all', `remote.${remote.name}.${key}`];
    const present = (await tryGit(args, { cwd: workspace })).stdout.trimEnd();
    if (present === url || (key === 'pushurl' && present === '' && url === remote.fetchUrl)) continue;
    await git(['config', '--local', '--replace-all', `remote.${remote.name}.${key}`, url], { cwd: workspace });
  }
}

/** The addresses that the user has set are left; they are the same in the main repository. */
async function removeRedirections(root: string, workspace: string): Promise<void> {
  const listing = ['-z', '--get-regexp', REDIRECTIONS];
  const found = await tryGit(['config', '--local', '--no-includes', ...listing], { cwd: workspace });
  if (found.stdout === '') return;
  const users = await tryGit(['config', ...listing], { cwd: root });
  const kept = new Set(users.stdout.split('\0').filter((entry) => entry.startsWith('url.')));
  for (const entry of new Set(found.stdout.split('\0'))) {
    if (entry === '' || kept.has(entry)) continue;
    const [key = '', ...value] = entry.split('\n');
    // A key without a value has no newline behind it.
    const which = value.length === 0 ? ['--unset-all', key] : ['--fixed-value', '--unset-all', key, value.join('\n')];
    await git(['config', '--local', ...which], { cwd: workspace });
  }
}
