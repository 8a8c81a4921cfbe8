import type { OptionValues } from '@ralph/protocol/cli/options';
import { usageFailure } from '@ralph/protocol/cli/usage-failure';
import type { LOOP_OPTIONS } from '../run/loop-options.ts';

/** What the loop is told by flags, but for the numbers of workers and tasks. */
export interface LoopPolicy {
  readonly watch: boolean;
  readonly scopesWait: boolean;
  /** 0 means never. */
  readonly maxFailures: number;
  /** 0 means never. */
  readonly stopAfterFailures: number;
  /** In seconds. */
  readonly firstPause: number;
  readonly rateLimit: string | undefined;
}

/**
 * Reads how the loop selects, waits and gives up.
 *
 * @throws Failure `usage` where a pattern is none, or a list of tasks is to be watched
 */
export function loopPolicy(
  args: OptionValues<typeof LOOP_OPTIONS> & { readonly tasks: string | undefined },
): LoopPolicy {
  const { watch, tasks, 'rate-limit': rateLimit } = args;
  if (watch && tasks !== undefined) {
    throw usageFailure('ralph-orchestrate', '--watch waits for changes of the queue: it does not go with --tasks');
  }
  if (rateLimit !== undefined) requirePattern(rateLimit);
  return {
    watch,
    scopesWait: args['scope-overlap'] === 'wait',
    maxFailures: args['max-failures'],
    stopAfterFailures: args['stop-after-failures'],
    firstPause: args['rate-limit-delay'],
    rateLimit,
  };
}

function requirePattern(pattern: string): void {
  try {
    new RegExp(pattern);
  } catch {
    throw usageFailure('ralph-orchestrate', `--rate-limit ${JSON.stringify(pattern)} is no regular expression`);
  }
}
