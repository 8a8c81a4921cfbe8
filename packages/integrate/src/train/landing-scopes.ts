import type { ParallelSettings } from '@ralph/protocol/contract/config-file';
import type { OptionSpecs, OptionValues } from '@ralph/protocol/cli/options';
import { usageFailure } from '@ralph/protocol/cli/usage-failure';

/** Path patterns by the name of the part of the repository that they make up. */
export type LandingScopes = ReadonlyMap<string, readonly string[]>;

export const SCOPE_OPTIONS = {
  'landing-scope': {
    kind: 'text',
    value: 'NAME=PATTERN',
    many: true,
    describe: 'paths whose work need not wait for that of other scopes (repeatable; default: parallel.landing_scopes)',
  },
} as const satisfies OptionSpecs;

/**
 * Puts the options and the configuration together; with any option, the configuration does not count.
 *
 * @throws Failure `usage` for an option that is not NAME=PATTERN
 */
export function landingScopes(
  args: OptionValues<typeof SCOPE_OPTIONS>,
  { landing_scopes: configured }: Pick<ParallelSettings, 'landing_scopes'>,
): LandingScopes {
  const given = args['landing-scope'];
  if (given.length === 0) return new Map(Object.entries(configured ?? {}));
  const scopes = new Map<string, string[]>();
  for (const text of given) {
    const [, name = '', pattern = ''] = /^([a-z\d][a-z\d_-]{0,63})=(.+)$/is.exec(text) ?? [];
    if (name === '') {
      throw usageFailure('ralph-integrate', `--landing-scope ${JSON.stringify(text)}: not NAME=PATTERN, as web=web/**`);
    }
    scopes.set(name, [...(scopes.get(name) ?? []), pattern]);
  }
  return scopes;
}
