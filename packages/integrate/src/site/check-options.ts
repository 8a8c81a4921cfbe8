import type { OptionValues } from '@ralph/protocol/cli/options';
import { readParallelConfig } from '@ralph/protocol/process/parallel-config';
import { readGateSettings } from '../gate/gate-settings.ts';
import type { PREFLIGHT_OPTIONS } from '../options.ts';
import { readPublishSettings } from '../publish/publish-settings.ts';
import { readRemedySettings } from '../remedy/remedy-settings.ts';
import { landingScopes } from '../train/landing-scopes.ts';

/**
 * Makes sure that a run would take its options, whatever the repository says.
 *
 * @throws Failure `usage`, `config_invalid`
 */
export async function checkOptions(args: OptionValues<typeof PREFLIGHT_OPTIONS>, root: string): Promise<void> {
  readPublishSettings(args);
  readGateSettings(args);
  readRemedySettings(args);
  landingScopes(args, await readParallelConfig(root));
}
