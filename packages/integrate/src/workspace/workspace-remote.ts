import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { bytesOfFile } from '@ralph/protocol/process/read-open-file';
import type { Settings } from '../site/settings.ts';
import { git, tryGit } from './workspace-git.ts';

/** Settings that lead an address elsewhere, or bring in settings from elsewhere. */
const REDIRECTIONS =
  'url\\..*\\.(insteadof|pushinsteadof)|include\\.path|includeif\\..*\\.path|extensions\\.worktreeconfig';
const ADDRESSES = 'remote\\..*\\.(url|pushurl)';

/** A longer file of settings is none that we know. */
const LONGEST_BYTES = 16 * 1024;

/** So many files of settings are remembered. */
const MOST_KNOWN = 64;

/** The files of settings that were found in order, by what they hold: that says all. */
const known = new Map<string, Set<string>>();

interface Setting {
  readonly key: string;
  /** Nothing when the key stands there without one. */
  readonly value: string | undefined;
}

/**
 * Gives a workspace the remote of the main repository, and takes away what would lead it elsewhere, so that an agent
 * which changed it there cannot send work elsewhere.
 */
export async function bindRemote(
  { root, remote }: Pick<Settings, 'root' | 'remote'>,
  workspace: string,
): Promise<void> {
  const settled = settledFor(root, remote);
  const before = configText(workspace);
  if (before !== undefined && settled.has(before)) return;
  const listing = ['--no-includes', '-z', '--get-regexp', `^(${REDIRECTIONS}|${ADDRESSES})$`];
  const found = settingsIn((await tryGit(['config', '--local', ...listing], { cwd: workspace })).stdout);
  const redirections = found.filter(({ key }) => !key.startsWith('remote.'));
  let isSettled = redirections.length === 0;
  if (!isSettled) await removeRedirections(root, workspace, redirections);
  for (const [name, url] of [
    ['url', remote.fetchUrl],
    ['pushurl', remote.pushUrl],
  ] as const) {
    const address = `remote.${remote.name}.${name}`;
    const present = found.filter(({ key }) => key === address);
    if (present.length === 1 && present[0]?.value === url) continue;
    if (present.length === 0 && name === 'pushurl' && url === remote.fetchUrl) continue;
    isSettled = false;
    await git(['config', '--local', '--replace-all', address, url], { cwd: workspace });
  }
  // Read before git has read it: whatever is written from now on is seen.
  if (isSettled && before !== undefined) remember(settled, before);
}

/** The addresses that the user has set are left; they are the same in the main repository. */
async function removeRedirections(root: string, workspace: string, found: readonly Setting[]): Promise<void> {
  const users = await tryGit(['config', '-z', '--get-regexp', `^(${REDIRECTIONS})$`], { cwd: root });
  const kept = new Set(settingsIn(users.stdout).map(textOf));
  const removed = new Map(found.map((setting) => [textOf(setting), setting]));
  for (const [text, { key, value }] of removed) {
    if (key.startsWith('url.') && kept.has(text)) continue;
    const which = value === undefined ? ['--unset-all', key] : ['--fixed-value', '--unset-all', key, value];
    await git(['config', '--local', ...which], { cwd: workspace });
  }
}

/** Reads what `git config -z` prints: a key without a value has no newline behind it. */
function settingsIn(listed: string): Setting[] {
  return listed.split('\0').flatMap((entry) => {
    if (entry === '') return [];
    const [key = '', ...value] = entry.split('\n');
    return { key, value: value.length === 0 ? undefined : value.join('\n') };
  });
}

function textOf({ key, value }: Setting): string {
  return value === undefined ? key : `${key}\n${value}`;
}

function settledFor(root: string, { name, fetchUrl, pushUrl }: Settings['remote']): Set<string> {
  const key = JSON.stringify([root, name, fetchUrl, pushUrl]);
  const settled = known.get(key) ?? new Set();
  known.set(key, settled);
  return settled;
}

/** Returns what the file of settings of a workspace holds; nothing where git has to look itself. */
function configText(workspace: string): string | undefined {
  const path = join(workspace, '.git/config');
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found?.isFile() !== true || found.size > LONGEST_BYTES) return undefined;
  return bytesOfFile(path).toString('latin1');
}

function remember(settled: Set<string>, text: string): void {
  settled.add(text);
  for (const oldest of settled) {
    if (settled.size <= MOST_KNOWN) break;
    settled.delete(oldest);
  }
}
