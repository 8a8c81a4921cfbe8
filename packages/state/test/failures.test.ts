import { describe, expect, it } from 'vitest';
import type { AnyEvent } from '@ralph/protocol/contract/events';
import { withRetryRequest } from '../src/records/requests.ts';
import { agentStarted, AT, integrateStarted, taskBlocked, taskCompleted, taskFailed } from './support/events.ts';
import { folded, onlyRecord } from './support/folded.ts';

const LATER = '2026-01-02T00:00:00.000Z';

function failuresAfter(...events: readonly AnyEvent[]): number | undefined {
  return onlyRecord(folded(events)).failures;
}

describe('how often a task has failed', () => {
  it('is counted over its attempts, once for each', () => {
    expect(failuresAfter(agentStarted())).toBeUndefined();
    expect(failuresAfter(taskFailed())).toBe(1);
    expect(failuresAfter(taskFailed(), taskFailed())).toBe(1);
    expect(failuresAfter(taskFailed(), taskFailed({ attempt: 2 }), agentStarted({ attempt: 3 }))).toBe(2);
    expect(failuresAfter(taskFailed(), integrateStarted(), taskFailed())).toBe(1);
  });

  it.each(['cancelled', 'rate_limited', 'disk_full', 'origin_unreachable', 'what is this'])(
    'does not count %s, which is no fault of the task',
    (code) => {
      expect(failuresAfter(taskFailed({ code }))).toBeUndefined();
    },
  );

  it.each(['agent_failed', 'agent_timeout', 'no_changes', 'ci_failed'])('counts %s', (code) => {
    expect(failuresAfter(taskFailed({ code }))).toBe(1);
  });

  it('starts anew when it has landed', () => {
    const events = [taskFailed(), agentStarted({ attempt: 2 }), taskCompleted({ attempt: 2 })];
    expect(failuresAfter(...events)).toBeUndefined();
  });

  it('starts anew when a person has asked for it, by a new attempt or from kept commits', () => {
    const asked = (...events: AnyEvent[]) => {
      const state = folded(events);
      const record = withRetryRequest(onlyRecord(state), 'ended', { at: AT, fresh: false });
      return { ...state, workers: [record] };
    };
    const again = folded([agentStarted({ attempt: 2, at: LATER })], asked(taskFailed()));
    expect(onlyRecord(again).failures).toBeUndefined();
    const blocked = asked(taskFailed(), taskBlocked({ attempt: 2 }));
    const resumed = folded([integrateStarted({ attempt: 2, at: LATER })], blocked);
    expect(onlyRecord(resumed)).toMatchObject({ lifecycle: 'integrating' });
    expect(onlyRecord(resumed)).not.toHaveProperty('failures');
    expect(onlyRecord(resumed)).not.toHaveProperty('retry_requested_at');
  });
});
