import type { Call } from '@ralph/protocol/cli/program';
import type { WORKSPACE_OPTIONS } from '../options.ts';
import { readCopyPatterns } from './copy-patterns.ts';
import type { Traveller } from './traveller.ts';
import { findTravellers } from './travellers.ts';
import { travelSite, type Site } from '../site/site.ts';

/**
 * Finds what travels into the workspaces of a call, once for all of them, and tells of what does not on stderr. Which
 * files travel is settled then; what they hold, when they are copied.
 *
 * @throws Failure `config_invalid`, `travel_refused`, or what of git
 */
export async function travellersOf(
  call: Pick<Call<typeof WORKSPACE_OPTIONS>, 'args' | 'output' | 'program' | 'stop'>,
  site: Site,
): Promise<readonly Traveller[]> {
  const { files, warnings } = await findTravellers(
    travelSite(site),
    readCopyPatterns(call.args.copy),
    call.stop.signal,
  );
  for (const warning of warnings) call.output.note(`${call.program}: warning: ${warning}`);
  return files;
}
