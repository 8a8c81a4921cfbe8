import { resolve } from 'node:path';
import { git, tryGit } from '@ralph/protocol/process/git';
import { readConfigRecord, type ConfigEntry } from './config-list.ts';

/**
 * Settings of the user's repository that a workspace must share, or its commits and transports would behave
 * differently: who commits and how commits are signed, how origin is reached, line ends, filters such as git-lfs, what
 * a partial clone needs, which files a sparse checkout has, and what is ignored. Hooks, aliases and everything else stay
 * behind on purpose.
 */
const SHARED = [
  /^user\.(?:name|email|signingkey|useconfigonly)$/,
  /^commit\.gpgsign$/,
  /^gpg\./,
  /^credential\./,
  /^http\./,
  /^url\./,
  /^filter\./,
  /^core\.(?:sparsecheckout|sparsecheckoutcone|sshcommand|autocrlf|eol|safecrlf|symlinks|ignorecase|excludesfile|attributesfile)$/,
  /^remote\.origin\.(?:proxy|uploadpack|receivepack|promisor|partialclonefilter)$/,
  /^extensions\.partialclone$/,
];

/**
 * Settings of the user that count too: those that he may have made for some folders only, by `includeIf`, since a workspace
 * stands in another one; and how closely objects are looked at that come into a repository.
 */
const OF_USER =
  /^user\.(?:name|email|signingkey|useconfigonly)$|^commit\.gpgsign$|^gpg\.|^(?:fetch|transfer)\.fsckobjects$/;

/** Reads the settings of the repository and of its main worktree, and those of the user that may hold only here. */
export async function readLocalConfig(repoRoot: string): Promise<ConfigEntry[]> {
  const text = await git(['config', '--list', '--show-scope', '-z'], { cwd: repoRoot });
  const fields = text.split('\0');
  return fields.flatMap((record, index) => {
    if (index % 2 === 0 || record === '') return [];
    const scope = fields[index - 1] ?? '';
    const { key, value } = readConfigRecord(record);
    const isOurs = scope === 'local' || scope === 'worktree' || (scope !== 'command' && OF_USER.test(key));
    return isOurs ? [{ key, value }] : [];
  });
}

/** Returns the settings that a workspace gets from the user's repository. */
export function sharedEntries(local: readonly ConfigEntry[]): ConfigEntry[] {
  return local.filter(({ key }) => SHARED.some((pattern) => pattern.test(key)));
}

/**
 * Returns the setting by which a workspace keeps the objects of git-lfs where the user's repository does, so that they
 * outlive it; nothing where git-lfs is not set up.
 */
export async function lfsEntries(repo: { readonly root: string; readonly gitDir: string }): Promise<ConfigEntry[]> {
  const filter = await tryGit(['config', '--get-regexp', String.raw`^filter\.lfs\.`], { cwd: repo.root });
  if (filter.exitCode !== 0) return [];
  const chosen = await tryGit(['config', '--get', '--type=path', 'lfs.storage'], { cwd: repo.root });
  const folder = chosen.exitCode === 0 ? chosen.stdout.replace(/\n$/, '') : 'lfs';
  return [{ key: 'lfs.storage', value: resolve(repo.gitDir, folder) }];
}

/** Returns settings in the form of a git configuration file. */
export function configText(entries: readonly ConfigEntry[]): string {
  return entries.map(({ key, value }) => `${sectionLine(key)}\n\t${nameOf(key)} = ${quoted(value)}\n`).join('');
}

function sectionLine(key: string): string {
  const [first, last] = [key.indexOf('.'), key.lastIndexOf('.')];
  const section = key.slice(0, first);
  if (first === last) return `[${section}]`;
  return `[${section} "${key.slice(first + 1, last).replace(/["\\]/g, '\\$&')}"]`;
}

function nameOf(key: string): string {
  return key.slice(key.lastIndexOf('.') + 1);
}

function quoted(value: string): string {
  const escaped = value.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\t', '\\t');
  return `"${escaped}"`;
}
