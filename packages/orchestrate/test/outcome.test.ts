import { describe, expect, it } from 'vitest';
import { outcomeOf, outcomeStatus, stopReasonOf, waitingTasks, waitingWords } from '../src/end/outcome.ts';
import { firstView, type Phase, type View } from '../src/run/view.ts';
import { policy } from './support/policy.ts';

function viewWith(phases: Readonly<Record<string, Phase>>, more: Partial<View> = {}): View {
  return { ...firstView(policy()), phases: new Map(Object.entries(phases)), ...more };
}

const idle = { dependency: 0, schedule: 0, draft: 0, blocked: 0 };

describe('outcomeOf', () => {
  it.each<[string, View, string, string]>([
    ['M61: an empty queue is no failure', viewWith({}, { idle }), 'no_candidates', 'ok'],
    [
      'M29: tasks that cannot start yet are no failure',
      viewWith({}, { idle: { ...idle, schedule: 1 } }),
      'blocked',
      'ok',
    ],
    ['all landed', viewWith({ A: 'landed' }, { idle }), 'completed', 'ok'],
    ['one failed beside those that landed', viewWith({ A: 'landed', B: 'failed' }, { idle }), 'partial', 'partial'],
    ['all failed', viewWith({ A: 'failed' }, { idle }), 'partial', 'partial'],
    ['one blocked', viewWith({ A: 'blocked' }, { idle }), 'partial', 'partial'],
    ['stopped on request', viewWith({ A: 'landed' }, { stopping: 'asked' }), 'stopped', 'ok'],
    [
      'turned away by a rate limit too often',
      viewWith({ A: 'landed', B: 'failed' }, { idle, limits: new Map([['B', 5]]) }),
      'limit',
      'limit',
    ],
    ['turned away, and asked to stop', viewWith({ A: 'limited' }, { stopping: 'asked' }), 'limit', 'limit'],
    [
      'turned away beside one that failed by itself',
      viewWith({ A: 'failed', B: 'failed' }, { idle, limits: new Map([['B', 5]]) }),
      'partial',
      'partial',
    ],
    ['a queue that cannot be read any more', viewWith({}, { idle, unreadable: true }), 'blocked', 'ok'],
    ['stopped, with a failure', viewWith({ A: 'failed' }, { stopping: 'asked' }), 'partial', 'partial'],
  ])('%s', (_, view, outcome, status) => {
    expect([outcomeOf(view), outcomeStatus(outcomeOf(view))]).toEqual([outcome, status]);
  });

  it('counts what waits, for whatever reason', () => {
    expect(
      waitingTasks(viewWith({}, { idle: { dependency: 1, schedule: 2, draft: 3, blocked: 4, scope: 5, failed: 6 } })),
    ).toBe(21);
  });
});

describe('stopReasonOf', () => {
  it.each<[View, string | undefined]>([
    [viewWith({ A: 'landed' }, { idle }), undefined],
    [viewWith({ A: 'landed' }, { stopping: 'failures' }), 'failures'],
    [viewWith({ A: 'landed' }, { policy: policy({ maxTasks: 1 }) }), 'max_tasks'],
    [viewWith({ A: 'failed' }, { idle, limits: new Map([['A', 5]]) }), 'limit'],
  ])('%#: says why nothing more was started', (view, reason) => {
    expect(stopReasonOf(view)).toBe(reason);
  });
});

describe('waitingWords', () => {
  it('says for what the tasks wait, and how to see them', () => {
    const view = viewWith({}, { idle: { dependency: 2, schedule: 0, draft: 1, blocked: 1, scope: 1, failed: 1 } });
    expect(waitingWords(view)).toBe(
      '2 for another task, 1 for others with the same scope, 1 for a person (ralph-state list --lifecycle blocked_push), ' +
        '1 failed too often (ralph-orchestrate retry ID), 1 as drafts (--include-draft)',
    );
  });
});
