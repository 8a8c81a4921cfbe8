import type { Origin } from '../site/origin.ts';
import type { ConfigEntry } from './config-list.ts';
import { sharedEntries } from './repository-config.ts';

/** Returns the settings of a new workspace on a branch. */
export function workspaceEntries(origin: Origin, branch: string): ConfigEntry[] {
  const { localConfig, lfs } = origin;
  const own = [...coreEntries(localConfig), ...originEntries(origin, branch)];
  return [...own, ...sharedEntries(localConfig), ...lfs];
}

function coreEntries(local: readonly ConfigEntry[]): ConfigEntry[] {
  const valueOf = (name: string) => local.find(({ key }) => key === name)?.value;
  const format = valueOf('extensions.objectformat');
  return [
    { key: 'core.repositoryformatversion', value: format === undefined ? '0' : '1' },
    { key: 'core.filemode', value: valueOf('core.filemode') ?? 'true' },
    { key: 'core.bare', value: 'false' },
    { key: 'core.logallrefupdates', value: 'true' },
    ...(format === undefined ? [] : [{ key: 'extensions.objectformat', value: format }]),
  ];
}

function originEntries(origin: Origin, branch: string): ConfigEntry[] {
  return [
    { key: 'remote.origin.url', value: origin.fetchUrl },
    ...origin.pushUrls.map((value) => ({ key: 'remote.origin.pushurl', value })),
    { key: 'remote.origin.fetch', value: '+refs/heads/*:refs/remotes/origin/*' },
    { key: `branch.${branch}.remote`, value: 'origin' },
    { key: `branch.${branch}.merge`, value: `refs/heads/${branch}` },
  ];
}
