import { existsSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { Failure } from '@ralph/protocol/contract/failure';
import { git } from '@ralph/protocol/process/git';
import { requireUsable } from '@ralph/protocol/process/usable-repository';
import type { Repository } from '@ralph/protocol/process/repository';
import type { ConfigEntry } from '../workspace/config-list.ts';
import { lfsEntries, readLocalConfig } from '../workspace/repository-config.ts';

export interface Origin {
  /** What a fetch in the user's repository names: the remote, or its push URL where it has no other. */
  readonly fetchFrom: string;
  /** URLs that mean the same from any folder. */
  readonly fetchUrl: string;
  readonly pushUrls: readonly string[];
  /** Settings of the user's repository, read on the way. */
  readonly localConfig: readonly ConfigEntry[];
  /** Where a workspace keeps the objects of git-lfs. */
  readonly lfs: readonly ConfigEntry[];
}

/**
 * Finds out where origin is; its fetch and push URLs stand in for each other (reference: part A3, check 10).
 *
 * @throws Failure `no_origin`, `dubious_ownership`
 */
export async function readOrigin(repo: Pick<Required<Repository>, 'root' | 'gitDir'>): Promise<Origin> {
  const repoRoot = repo.root;
  const localConfig = await readLocalConfig(repoRoot);
  const has = (key: string) => localConfig.some((entry) => entry.key === key && entry.value !== '');
  if (!has('remote.origin.url') && !has('remote.origin.pushurl')) {
    await requireUsable(repoRoot);
    throw noOrigin(repoRoot);
  }
  const pushUrls = (await urls(repoRoot, '--push')).map((url) => absoluteUrl(repoRoot, url));
  const [fetched] = has('remote.origin.url') ? await urls(repoRoot) : [];
  const fetchUrl = fetched === undefined ? (pushUrls[0] ?? '') : absoluteUrl(repoRoot, fetched);
  return {
    fetchFrom: fetched === undefined ? fetchUrl : 'origin',
    fetchUrl,
    pushUrls,
    localConfig,
    lfs: await lfsEntries(repo),
  };
}

async function urls(repoRoot: string, ...flags: readonly string[]): Promise<string[]> {
  const text = await git(['remote', 'get-url', '--all', ...flags, 'origin'], { cwd: repoRoot });
  return text.split('\n').filter((line) => line !== '');
}

function noOrigin(repoRoot: string): Failure {
  return new Failure('no_origin', `No 'origin' git remote configured in ${repoRoot}`, {
    hint: 'git remote add origin URL',
  });
}

/**
 * Returns a remote's URL so that it leads to the same place from a workspace: a path counts from the main worktree and
 * is made real; a URL with a scheme and `host:path` stay as they are.
 */
export function absoluteUrl(repoRoot: string, url: string): string {
  const colon = url.indexOf(':');
  const slash = url.indexOf('/');
  if (colon !== -1 && (slash === -1 || colon < slash)) return url;
  const path = resolve(repoRoot, url);
  return existsSync(path) ? realpathSync(path) : path;
}
