import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { schedule } from '../src/run/schedule.ts';
import { firstView, NOTHING_WAITS, type Action, type Happening, type View } from '../src/run/view.ts';
import { simulate } from './run-world.ts';
import { WORLDS } from './run-worlds.ts';
import { policy } from './support/policy.ts';

const BEGUN: Happening = { kind: 'begun', adopted: [] };
const IDLE: Happening = { kind: 'none', waiting: NOTHING_WAITS, nextStart: undefined };
const chosen = (id: string, scope: string[] = []): Happening => ({
  kind: 'selected',
  task: { id, title: id, scope },
  finished: false,
});
const task = (id: string) => ({ id, title: id, scope: [] });
const ask = (exclude: string[], busyScopes: string[] = [], busy = exclude, finishedOnly = false): Action => ({
  kind: 'ask',
  exclude,
  busy,
  busyScopes,
  finishedOnly,
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

describe('schedule', () => {
  it('asks for a task at the start, and for the next one as long as there is a place', () => {
    const { actions } = play(firstView(policy()), BEGUN, chosen('A'), chosen('B'));
    expect(actions).toEqual([
      ask([]),
      { kind: 'start', task: task('A') },
      ask(['A']),
      { kind: 'start', task: task('B') },
    ]);
  });

  it('gives the place of an agent to the next task while its work is still being integrated', () => {
    const { actions } = play(
      firstView(policy({ workers: 1 })),
      BEGUN,
      chosen('A'),
      { kind: 'agent_started', id: 'A' },
      { kind: 'agent_ready', id: 'A' },
    );
    expect(actions.slice(-2)).toEqual([{ kind: 'integrate', id: 'A' }, ask(['A'])]);
  });

  it('starts no further agents while work piles up before the gate', () => {
    const ready = ['A', 'B'].flatMap((id): Happening[] => [chosen(id), { kind: 'agent_ready', id }]);
    const { view, actions } = play(firstView(policy({ workers: 1 })), BEGUN, ...ready);
    expect(actions.filter((action) => action.kind === 'ask')).toHaveLength(2);
    expect(schedule(view, { kind: 'landed', id: 'A' }).actions).toContainEqual(ask(['A', 'B'], [], ['B']));
  });

  it('asks again when something has ended, since that may have set others free', () => {
    const { view } = play(firstView(policy()), BEGUN, chosen('A'), {
      kind: 'none',
      waiting: { ...NOTHING_WAITS, dependency: 1 },
      nextStart: undefined,
    });
    expect(view.asking).toBe(false);
    expect(schedule(view, { kind: 'landed', id: 'A' }).actions).toEqual([
      { kind: 'remove', id: 'A' },
      ask(['A'], [], []),
    ]);
  });

  it('ends when nothing runs and nothing can be started', () => {
    expect(play(firstView(policy()), BEGUN, IDLE).actions.at(-1)).toEqual({
      kind: 'finish',
    });
  });

  it('M32: starts no more than the most tasks asked for, failures included', () => {
    const { actions } = play(
      firstView(policy({ workers: 4, maxTasks: 2 })),
      BEGUN,
      chosen('A'),
      chosen('B'),
      { kind: 'failed', id: 'A' },
      { kind: 'failed', id: 'B' },
    );
    expect(actions.filter((action) => action.kind === 'start')).toHaveLength(2);
    expect(actions.at(-1)).toEqual({ kind: 'finish' });
  });

  it('starts nothing after a stop, not even what was being selected, and lets finish what runs', () => {
    const { view, actions } = play(
      firstView(policy()),
      BEGUN,
      chosen('A'),
      { kind: 'stop', reason: 'asked' },
      chosen('B'),
    );
    expect(actions.filter((action) => action.kind === 'start')).toEqual([{ kind: 'start', task: task('A') }]);
    expect(schedule(view, { kind: 'failed', id: 'A' }).actions).toEqual([{ kind: 'finish' }]);
  });

  it('hands the scopes of what is at work on with each question, unless overlaps are allowed', () => {
    const course = [BEGUN, chosen('A', ['src']), chosen('B', ['docs'])];
    expect(play(firstView(policy({ workers: 3 })), ...course).actions.at(-1)).toEqual(ask(['A', 'B'], ['src', 'docs']));
    const allowed = firstView(policy({ workers: 3, scopesWait: false }));
    expect(play(allowed, ...course).actions.at(-1)).toEqual(ask(['A', 'B']));
  });

  it('asks once more when something has changed since a question was put, and when an idle run hears of a change', () => {
    const { view, actions } = play(firstView(policy()), BEGUN, { kind: 'changed' }, IDLE);
    expect(actions).toEqual([ask([]), ask([])]);
    const idle = play(view, chosen('A'), IDLE);
    expect(idle.actions.at(-1)).toEqual(ask(['A']));
    expect(schedule(idle.view, { kind: 'changed' }).actions).toEqual([ask(['A'])]);
  });

  it('stays when it watches, wakes for the next start, and ends when it is asked to stop', () => {
    const nothing: Happening = { kind: 'none', waiting: { ...NOTHING_WAITS, schedule: 1 }, nextStart: 5000 };
    const { view, actions } = play(firstView(policy({ watch: true })), BEGUN, nothing);
    expect(actions).toEqual([ask([]), { kind: 'wake', at: 5000 }]);
    expect(schedule(view, { kind: 'stop', reason: 'asked' }).actions).toEqual([
      { kind: 'stopping', reason: 'asked' },
      { kind: 'finish' },
    ]);
  });

  it('M29: does not wait for the time of a task when it does not watch', () => {
    const nothing: Happening = { kind: 'none', waiting: { ...NOTHING_WAITS, schedule: 1 }, nextStart: 5000 };
    expect(play(firstView(policy()), BEGUN, nothing).actions.at(-1)).toEqual({ kind: 'finish' });
  });

  it('starts nothing more after so many failures in a row; what lands between them begins the count anew', () => {
    const fail = (id: string): Happening[] => [chosen(id), { kind: 'failed', id }];
    const land = (id: string): Happening[] => [chosen(id), { kind: 'agent_ready', id }, { kind: 'landed', id }];
    const view = firstView(policy({ workers: 1, stopAfterFailures: 2 }));
    const course = [BEGUN, ...fail('A'), ...land('B'), ...fail('C')];
    expect(play(view, ...course).actions.at(-1)).toMatchObject({ kind: 'ask' });
    expect(play(view, ...course, ...fail('D')).actions.slice(-2)).toEqual([
      { kind: 'stopping', reason: 'failures' },
      { kind: 'finish' },
    ]);
  });

  it('starts no agent after a rate limit until the pause is over; then the same task may be taken again', () => {
    const limited: Happening = { kind: 'limited', id: 'A', retryAfter: undefined, turnedAway: true, now: 1000 };
    const first = play(firstView(policy()), BEGUN, chosen('A'), chosen('B'), limited);
    expect(first.actions.slice(-2)).toEqual([{ kind: 'pause', id: 'A', seconds: 30, until: 31_000 }, ask(['B'])]);
    const held = play(first.view, chosen('A'), IDLE, { kind: 'pause_over', now: 30_999 });
    // What is finished may land meanwhile.
    expect(held.actions).toEqual([ask(['B'], [], ['B'], true)]);
    const after = play(held.view, { kind: 'pause_over', now: 31_000 }, chosen('A'));
    expect(after.actions).toEqual([ask(['B']), { kind: 'start', task: task('A') }]);
  });

  it('doubles the pause while agents are turned away, up to a quarter of an hour, and takes an agent at its word', () => {
    const pauses: number[] = [];
    let view = play(firstView(policy({ workers: 1 })), BEGUN).view;
    for (let at = 0; at < 7; at += 1) {
      const id = `T${at}`;
      const told = play(view, chosen(id), { kind: 'limited', id, retryAfter: undefined, turnedAway: true, now: 0 });
      for (const action of told.actions) if (action.kind === 'pause') pauses.push(action.seconds);
      view = play(told.view, chosen(id), { kind: 'pause_over', now: Number.MAX_SAFE_INTEGER }).view;
    }
    expect(pauses).toEqual([30, 60, 120, 240, 480, 900, 900]);
    const told: Happening = { kind: 'limited', id: 'X', retryAfter: 77, turnedAway: true, now: 0 };
    expect(play(view, chosen('X'), told).actions).toContainEqual({
      kind: 'pause',
      id: 'X',
      seconds: 77,
      until: 77_000,
    });
  });

  it('counts a task as failed that a rate limit has turned away five times, and ends when nothing else is left', () => {
    let { view } = play(firstView(policy({ workers: 1 })), BEGUN);
    const over: Happening = { kind: 'pause_over', now: Number.MAX_SAFE_INTEGER };
    const turn = [chosen('A'), { kind: 'limited', id: 'A', retryAfter: 1, turnedAway: true, now: 0 } as const];
    for (let times = 1; times < 5; times += 1) ({ view } = play(view, ...turn, chosen('A'), over));
    const last = play(view, ...turn);
    expect(last.view.phases.get('A')).toBe('failed');
    expect(last.actions.at(-1)).toEqual(ask(['A'], [], []));
    expect(schedule(last.view, IDLE).actions).toEqual([{ kind: 'finish' }]);
  });

  it('takes a failed task up again that the answer names, since somebody has asked for it', () => {
    const { actions } = play(
      firstView(policy({ workers: 1 })),
      BEGUN,
      chosen('A'),
      { kind: 'failed', id: 'A' },
      chosen('A'),
    );
    expect(actions.filter(({ kind }) => kind === 'start')).toHaveLength(2);
  });

  it('lands adopted and resumed work without an agent', () => {
    const resumed: Happening = { kind: 'selected', task: task('B'), finished: true };
    const { view, actions } = play(firstView(policy()), { kind: 'begun', adopted: ['A'] }, resumed);
    expect(actions).toEqual([{ kind: 'adopt', id: 'A' }, ask(['A']), { kind: 'adopt', id: 'B' }, ask(['A', 'B'])]);
    expect(view.phases).toEqual(new Map([['A', 'integrating'], ['B', 'integrating']])); // prettier-ignore
  });

  it('goes on with what runs when the queue cannot be read, and looks once more before it ends', () => {
    const { view, actions } = play(firstView(policy()), BEGUN, chosen('A'), { kind: 'unreadable' });
    expect(actions.at(-1)).toEqual({ kind: 'look_again' });
    const ended = play(view, { kind: 'failed', id: 'A' }, { kind: 'unreadable' });
    expect(ended.actions).toEqual([ask(['A'], [], [])]);
    const looked = play(ended.view, { kind: 'looked_again' }, { kind: 'unreadable' });
    expect(looked.actions).toEqual([ask(['A'], [], []), { kind: 'finish' }]);
    expect(play(ended.view, { kind: 'changed' }, IDLE).actions).toEqual([ask(['A'], [], []), { kind: 'finish' }]);
  });

  it('for any course of a run: places are kept, nothing is at work twice, nothing is forgotten, and it ends once', () => {
    const property = fc.property(WORLDS, (world) => {
      expect(simulate(world).faults).toEqual([]);
    });
    expect(() => fc.assert(property, { numRuns: 300 })).not.toThrow();
  });
});
