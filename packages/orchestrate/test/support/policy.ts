import type { Policy } from '../../src/run/view.ts';

/** Returns a policy of two workers without any limit, but for what is given. */
export function policy(given: Partial<Policy> = {}): Policy {
  return {
    workers: 2,
    maxTasks: 0,
    scopesWait: true,
    watch: false,
    stopAfterFailures: 0,
    firstPause: 30,
    waitForQuota: true,
    ...given,
  };
}
