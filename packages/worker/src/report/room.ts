import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { OptionValues } from '@ralph/protocol/cli/options';
import type { PreflightFinding } from '@ralph/protocol/contract/preflight-report';
import { checked } from '@ralph/protocol/process/findings';
import type { PREFLIGHT_OPTIONS } from '../options.ts';
import type { Site } from '../site/site.ts';
import { requireUsableRoot, unusable } from '../site/usable-root.ts';
import { spaceOf } from '../space/space-of.ts';
import { newestKnown } from '../workspace/newest-known.ts';
import { readLocalConfig } from '../workspace/repository-config.ts';

type Args = OptionValues<typeof PREFLIGHT_OPTIONS>;

interface Place {
  readonly site: Site;
  readonly takeBack: () => void;
}

/**
 * Looks whether workspaces can be made in their folder, and whether there is room for one.
 *
 * @returns what it found of the room; of the folder, where that is what is wrong
 */
export async function reportRoom(args: Args, site: Site): Promise<PreflightFinding> {
  const place = (): Place => (args.survey ? nearestFolder(site) : { site, takeBack: requireUsableRoot(site.root) });
  const usable = await checked('workspace_root', place, () => '');
  if (usable.value === undefined) return usable.finding;
  const { takeBack } = usable.value;
  const there = usable.value.site;
  try {
    const enough = () => `there is room for a workspace in ${site.root}`;
    return (await checked('disk_space', () => reserve(args, there), enough)).finding;
  } finally {
    takeBack();
  }
}

/** Asks the nearest folder that is there, in the place of trying it out. */
function nearestFolder(site: Site): Place {
  let folder = site.root;
  while (!existsSync(folder)) folder = dirname(folder);
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return { site: { ...site, root: folder }, takeBack: () => {} };
  } catch (error) {
    throw unusable(site.root, 'written', error);
  }
}

async function reserve(args: Args, site: Site): Promise<void> {
  const { root } = site.repo;
  const [config, commit] = await Promise.all([readLocalConfig(root), newestKnown(root, args['target-branch'])]);
  await spaceOf(args, site, config).reserve(commit);
}
