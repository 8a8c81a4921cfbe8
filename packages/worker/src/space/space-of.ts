import type { OptionValues } from '@ralph/protocol/cli/options';
import type { WORKSPACE_OPTIONS } from '../options.ts';
import { Space } from './space.ts';
import { canCountTree } from './tree-bytes.ts';
import type { Site } from '../site/site.ts';
import type { ConfigEntry } from '../workspace/config-list.ts';

/** Returns what watches over the room for the workspaces of a call. */
export function spaceOf(
  args: Pick<OptionValues<typeof WORKSPACE_OPTIONS>, 'min-free' | 'quota'>,
  site: Site,
  localConfig: readonly ConfigEntry[],
): Space {
  return new Space(site, { minFree: args['min-free'], quota: args.quota, countsTree: canCountTree(localConfig) });
}
