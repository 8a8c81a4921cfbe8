import type { UsedBefore } from '@ralph/protocol/usage/usage-tally';
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

/** What mends work: program and arguments, and how it gets its prompt. */
export interface Resolver {
  readonly words: readonly string[];
  readonly prompt: 'stdin' | 'file';
  /** What the session that goes on has used before. */
  readonly before?: UsedBefore | undefined;
}

/**
 * Returns what mends the work of a candidate; nothing when there is nothing. The agent that did the task goes on with its
 * own session at first, in which it knows what it did; one that could not mend it so is called afresh.
 *
 * @param number which run of the resolver it is, from 1
 */
export function resolverOf(
  { resolver, isOff }: RemedySettings,
  { agent }: Candidate,
  number: number,
): Resolver | undefined {
  if (isOff) return undefined;
  if (resolver !== undefined) return { words: ['sh', '-c', resolver], prompt: 'stdin' };
  if (agent === undefined) return undefined;
  const { command, resume, prompt, before } = agent;
  if (number > 1 || resume === undefined) return { words: command, prompt };
  return { words: resume, prompt, ...(before === undefined ? {} : { before }) };
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
