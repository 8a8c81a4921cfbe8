import type { OptionValues } from '@ralph/protocol/cli/options';
import { optionWords } from '@ralph/protocol/cli/option-words';
import { usageFailure } from '@ralph/protocol/cli/usage-failure';
import type { Candidate } from '../candidate/candidate.ts';
import { REMEDY_DEFAULTS, type REMEDY_OPTIONS } from './remedy-options.ts';

/** What is done about a conflict or a red gate. */
export interface RemedySettings {
  /** For `sh -c`. */
  readonly resolver: string | undefined;
  readonly isOff: boolean;
  readonly attempts: number;
  readonly timeoutMs: number;
}

/**
 * Reads the settings of remedies.
 *
 * @throws Failure `usage` when a resolver is both given and refused
 */
export function readRemedySettings(args: OptionValues<typeof REMEDY_OPTIONS>): RemedySettings {
  const { resolver } = args;
  if (args['no-resolver'] && resolver !== undefined) {
    throw usageFailure('ralph-integrate', '--resolver and --no-resolver exclude each other');
  }
  return {
    resolver,
    isOff: args['no-resolver'],
    attempts: args['resolver-attempts'],
    timeoutMs: args['resolver-timeout'] * 1000,
  };
}

/** Returns the command that mends the work of a candidate, as arguments; nothing when there is none. */
export function resolverOf({ resolver, isOff }: RemedySettings, { command }: Candidate): readonly string[] | undefined {
  if (isOff) return undefined;
  if (resolver !== undefined) return ['sh', '-c', resolver];
  return command !== undefined && command.length > 0 ? command : undefined;
}

/** Returns the options that say the same again. */
export function remedyArguments({ resolver, isOff, attempts, timeoutMs }: RemedySettings): string[] {
  if (isOff) return ['--no-resolver'];
  return [
    ...(resolver === undefined ? [] : optionWords('--resolver', resolver)),
    ...(attempts === REMEDY_DEFAULTS.attempts ? [] : ['--resolver-attempts', String(attempts)]),
    ...(timeoutMs === REMEDY_DEFAULTS.timeoutSeconds * 1000 ? [] : ['--resolver-timeout', String(timeoutMs / 1000)]),
  ];
}
