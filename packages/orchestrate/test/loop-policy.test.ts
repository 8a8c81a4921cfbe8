import { describe, expect, it } from 'vitest';
import { flagLayer } from '../src/settings/flag-layer.ts';
import { Settled } from '../src/settings/layers.ts';
import { loopPolicy } from '../src/settings/loop-policy.ts';

const ARGS = { watch: false, tasks: undefined };

describe('loopPolicy', () => {
  it('reads how the loop selects, waits and gives up', () => {
    const args = { 'scope-overlap': 'allow', 'max-failures': 0, 'rate-limit-delay': 90 };
    expect(loopPolicy(ARGS, new Settled([flagLayer({ args, command: [] })]))).toEqual({
      watch: false,
      scopesWait: false,
      maxFailures: 0,
      stopAfterFailures: 5,
      firstPause: 90,
      waitForQuota: false,
    });
  });

  it('refuses to watch a list that does not grow', () => {
    expect(() => loopPolicy({ watch: true, tasks: '-' }, new Settled([]))).toThrow(/--watch/);
  });
});
