import { isFailure } from '@ralph/protocol/contract/failure';
import { removeStored, storedSetups } from '../setup/setup-store.ts';
import type { Site } from '../site/site.ts';
import type { Space } from '../space/space.ts';
import { dropWarm, warmWorkspaces } from './warm-pool.ts';

/**
 * Reserves the room of a workspace. What is only kept for reuse is the first to go where there is too little; a warm
 * workspace that will be taken needs none.
 *
 * @returns what gives the room back
 * @throws Failure `disk_full`, `workspace_quota`
 */
export async function reserveRoom(
  site: Site,
  space: Space,
  want: { readonly commit: string; readonly fresh: boolean; readonly signal: AbortSignal },
): Promise<() => void> {
  const takesWarm = !want.fresh && warmWorkspaces(site).length > 0;
  const commit = takesWarm ? undefined : want.commit;
  try {
    return await space.reserve(commit, want.signal);
  } catch (error) {
    const isTooLittle = isFailure(error) && (error.code === 'disk_full' || error.code === 'workspace_quota');
    if (!isTooLittle || !(await dropUnused(site))) throw error;
    return space.reserve(want.commit, want.signal);
  }
}

async function dropUnused(site: Site): Promise<boolean> {
  const warm = await dropWarm(site);
  // A half one is being made by somebody.
  const stored = storedSetups(site).filter(({ isWhole }) => isWhole);
  for (const one of stored) await removeStored(one);
  return warm.length + stored.length > 0;
}
