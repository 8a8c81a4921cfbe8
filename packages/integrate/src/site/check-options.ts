import type { OptionValues } from '@ralph/protocol/cli/options';
import { readGateSettings } from '../gate/gate-settings.ts';
import type { PREFLIGHT_OPTIONS } from '../options.ts';
import { readPublishSettings } from '../publish/publish-settings.ts';
import { readRemedySettings } from '../remedy/remedy-settings.ts';
import { landingScopes } from '../train/landing-scopes.ts';

/**
 * Makes sure that a run would take its options, whatever the repository says.
 *
 * @throws Failure `usage`
 */
export function checkOptions(args: OptionValues<typeof PREFLIGHT_OPTIONS>): void {
  readPublishSettings(args);
  readGateSettings(args);
  readRemedySettings(args);
  landingScopes(args, {});
}
