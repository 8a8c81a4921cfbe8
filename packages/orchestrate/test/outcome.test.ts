import { describe, expect, it } from 'vitest';
import { outcomeOf, outcomeStatus, waitingTasks, waitingWords } from '../src/end/outcome.ts';
import { firstView, type Phase, type View } from '../src/run/schedule.ts';

function viewWith(phases: Readonly<Record<string, Phase>>, more: Partial<View> = {}): View {
  return { ...firstView(2, 0), phases: new Map(Object.entries(phases)), ...more };
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
    ['stopped on request', viewWith({ A: 'landed' }, { stopping: true }), 'stopped', 'ok'],
    ['stopped, with a failure', viewWith({ A: 'failed' }, { stopping: true }), 'partial', 'partial'],
  ])('%s', (_, view, outcome, status) => {
    expect([outcomeOf(view), outcomeStatus(outcomeOf(view))]).toEqual([outcome, status]);
  });

  it('counts what waits, for whatever reason', () => {
    expect(waitingTasks(viewWith({}, { idle: { dependency: 1, schedule: 2, draft: 3, blocked: 4 } }))).toBe(10);
  });
});

describe('waitingWords', () => {
  it('says for what the tasks wait, and how to see them', () => {
    const view = viewWith({}, { idle: { dependency: 2, schedule: 0, draft: 1, blocked: 1 } });
    expect(waitingWords(view)).toBe(
      '2 for another task, 1 for a person (ralph-state list --lifecycle blocked_push), 1 as drafts (--include-draft)',
    );
  });
});
