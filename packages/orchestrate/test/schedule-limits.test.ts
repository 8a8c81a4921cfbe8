import { describe, expect, it } from 'vitest';
import { outcomeOf, stopReasonOf } from '../src/end/outcome.ts';
import { schedule } from '../src/run/schedule.ts';
import { firstView, NOTHING_WAITS, type Action, type Happening, type View } from '../src/run/view.ts';
import { policy } from './support/policy.ts';

const BEGUN: Happening = { kind: 'begun', adopted: [] };
const IDLE: Happening = { kind: 'none', waiting: NOTHING_WAITS, nextStart: undefined };
const chosen = (id: string, finished = false): Happening => ({
  kind: 'selected',
  task: { id, title: id },
  finished,
});
const limited = (id: string, more: object = {}): Happening => ({
  kind: 'limited',
  id,
  retryAfter: 60,
  turnedAway: true,
  now: 0,
  ...more,
});

function play(view: View, ...happenings: readonly Happening[]): { view: View; actions: Action[] } {
  const actions: Action[] = [];
  let now = view;
  for (const happening of happenings) {
    const step = schedule(now, happening);
    now = step.view;
    actions.push(...step.actions);
  }
  return { view: now, actions };
}

const kinds = (actions: readonly Action[]) => actions.map(({ kind }) => kind);

describe('a rate limit, where its end is not waited for', () => {
  const view = firstView(policy({ waitForQuota: false }));

  it('starts nothing more from the first one on, and ends when what runs has landed', () => {
    const at = play(view, BEGUN, chosen('A'), chosen('B'), limited('A'));
    expect(at.actions.slice(-2)).toEqual([
      { kind: 'stopping', reason: 'limit' },
      expect.objectContaining({ kind: 'ask', finishedOnly: true }),
    ]);
    const end = play(at.view, IDLE, { kind: 'agent_ready', id: 'B' }, { kind: 'landed', id: 'B' }, IDLE);
    expect(kinds(end.actions)).toEqual(['integrate', 'remove', 'ask', 'finish']);
    expect([outcomeOf(end.view), stopReasonOf(end.view), end.view.pausedUntil]).toEqual(['limit', 'limit', 60_000]);
  });

  it('does not start a task whose turn has come in the same instant', () => {
    const { actions } = play(view, BEGUN, chosen('A'), limited('A'), chosen('B'));
    expect(actions.filter(({ kind }) => kind === 'start')).toHaveLength(1);
  });

  it('is a limit also beside tasks that failed by themselves', () => {
    const end = play(view, BEGUN, chosen('A'), chosen('B'), { kind: 'failed', id: 'A' }, limited('B'));
    expect(outcomeOf(end.view)).toBe('limit');
  });

  it('keeps the latest time that any agent was told', () => {
    const end = play(view, BEGUN, chosen('A'), chosen('B'), limited('A'), limited('B', { retryAfter: 90 }));
    expect(end.view.pausedUntil).toBe(90_000);
    const shorter = play(view, BEGUN, chosen('A'), chosen('B'), limited('A'), limited('B', { retryAfter: 5 }));
    expect(shorter.view.pausedUntil).toBe(60_000);
  });

  it('that others have met lands what is finished and starts nothing', () => {
    const closed: Happening = { kind: 'closed', id: 'X', until: 5000, now: 1000 };
    const { view: last, actions } = play(view, { kind: 'begun', adopted: ['A'] }, closed, chosen('B'));
    expect(kinds(actions)).toEqual(['adopt', 'ask', 'stopping', 'ask']);
    const asked = play(last, chosen('C', true));
    expect(asked.actions.map(({ kind }) => kind)).toEqual(['adopt', 'ask']);
    const end = play(asked.view, IDLE, { kind: 'landed', id: 'A' }, { kind: 'landed', id: 'C' }, IDLE);
    expect([end.actions.at(-1), outcomeOf(end.view)]).toEqual([{ kind: 'finish' }, 'limit']);
  });
});

describe('a rate limit, where its end is waited for', () => {
  it('takes a task again that was held back as often as it takes: only those turned away have failed in the end', () => {
    let { view } = play(firstView(policy({ workers: 1 })), BEGUN);
    const over: Happening = { kind: 'pause_over', now: Number.MAX_SAFE_INTEGER };
    for (let times = 0; times < 9; times += 1) {
      ({ view } = play(view, chosen('A'), limited('A', { turnedAway: false }), chosen('A'), over));
    }
    expect(play(view, chosen('A')).actions.at(-1)).toMatchObject({ kind: 'start' });
  });

  it('that others have met is waited for before the first agent', () => {
    const closed: Happening = { kind: 'closed', id: 'X', until: 5000, now: 1000 };
    const at = play(firstView(policy()), BEGUN, closed, chosen('A'));
    expect(at.actions.slice(1)).toEqual([
      { kind: 'pause', id: 'X', seconds: 4, until: 5000 },
      expect.objectContaining({ kind: 'ask', finishedOnly: true }),
    ]);
    const after = play(at.view, IDLE, { kind: 'pause_over', now: 5000 }, chosen('A'));
    expect(kinds(after.actions).slice(0, 2)).toEqual(['ask', 'start']);
  });
});

describe('work that is finished', () => {
  const over: Happening = { kind: 'pause_over', now: 60_000 };

  it('lands in a pause, also when somebody asks for it only then', () => {
    const paused = play(firstView(policy({ workers: 1 })), BEGUN, chosen('A'), limited('A'), chosen('A'), IDLE);
    const asked = play(paused.view, { kind: 'changed' }, chosen('B', true));
    expect(kinds(asked.actions)).toEqual(['ask', 'adopt', 'ask']);
    const end = play(asked.view, IDLE, { kind: 'landed', id: 'B' }, IDLE);
    expect(kinds(end.actions)).not.toContain('finish');
  });

  it('is asked about no more once the pause is over: an answer that comes late ends nothing', () => {
    const paused = play(firstView(policy({ workers: 1 })), BEGUN, chosen('A'), limited('A'), chosen('A'));
    const late = play(paused.view, over, IDLE);
    expect(late.actions).toEqual([expect.objectContaining({ kind: 'ask', finishedOnly: false })]);
  });
});

describe('a spent budget', () => {
  const spent: Happening = { kind: 'stop', reason: 'budget' };

  it('finishes what runs, and is a limit when something is left', () => {
    const at = play(firstView(policy({ workers: 1 })), BEGUN, chosen('A'), spent);
    expect(kinds(at.actions)).toEqual(['ask', 'start', 'stopping']);
    const landed = play(at.view, { kind: 'agent_ready', id: 'A' }, { kind: 'landed', id: 'A' });
    expect(kinds(landed.actions)).toEqual(['integrate', 'remove', 'ask']);
    const end = play(landed.view, chosen('B'));
    expect([kinds(end.actions), outcomeOf(end.view)]).toEqual([['finish'], 'limit']);
  });

  it('is none where everything was done with it', () => {
    const course = [chosen('A'), spent, { kind: 'agent_ready', id: 'A' }, { kind: 'landed', id: 'A' }] as const;
    const end = play(firstView(policy({ workers: 1 })), BEGUN, ...course, IDLE);
    expect([end.actions.at(-1), outcomeOf(end.view)]).toEqual([{ kind: 'finish' }, 'completed']);
  });
});
