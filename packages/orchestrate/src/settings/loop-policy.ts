import { usageFailure } from '@ralph/protocol/cli/usage-failure';
import { asSeconds } from '@ralph/protocol/contract/time-value';
import type { Settled } from './layers.ts';

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
  /** Whether the end of a limit of a provider is waited for. */
  readonly waitForQuota: boolean;
}

/**
 * Reads how the loop selects, waits and gives up.
 *
 * @throws Failure `usage` where a list of tasks is to be watched
 */
export function loopPolicy(
  { watch, tasks }: { readonly watch: boolean; readonly tasks: string | undefined },
  settled: Settled,
): LoopPolicy {
  if (watch && tasks !== undefined) {
    throw usageFailure('ralph-orchestrate', '--watch waits for changes of the queue: it does not go with --tasks');
  }
  return {
    watch,
    scopesWait: settled.value('parallel.scope_overlap') === 'wait',
    maxFailures: settled.value('parallel.max_failures'),
    stopAfterFailures: settled.value('parallel.stop_after_failures'),
    waitForQuota: settled.value('agent.wait_for_quota'),
    firstPause: asSeconds(settled.value('agent.rate_limit_delay')),
  };
}
