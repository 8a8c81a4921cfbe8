import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { count, firstView, schedule, type Action, type Happening, type View } from '../src/run/schedule.ts';

const NOTHING_WAITS = { dependency: 0, schedule: 0, draft: 0, blocked: 0 };
const task = (id: string) => ({ id, title: id });

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
    const { actions } = play(
      firstView(2, 0),
      { kind: 'begun' },
      { kind: 'selected', task: task('A') },
      { kind: 'selected', task: task('B') },
    );
    expect(actions).toEqual([
      { kind: 'ask', exclude: [] },
      { kind: 'start', task: task('A') },
      { kind: 'ask', exclude: ['A'] },
      { kind: 'start', task: task('B') },
    ]);
  });

  it('gives the place of an agent to the next task while its work is still being integrated', () => {
    const { actions } = play(
      firstView(1, 0),
      { kind: 'begun' },
      { kind: 'selected', task: task('A') },
      { kind: 'agent_started', id: 'A' },
      { kind: 'agent_ready', id: 'A' },
    );
    expect(actions.slice(-2)).toEqual([
      { kind: 'integrate', id: 'A' },
      { kind: 'ask', exclude: ['A'] },
    ]);
  });

  it('starts no further agents while work piles up before the gate', () => {
    const ready = ['A', 'B'].flatMap((id): Happening[] => [
      { kind: 'selected', task: task(id) },
      { kind: 'agent_ready', id },
    ]);
    const { view, actions } = play(firstView(1, 0), { kind: 'begun' }, ...ready);
    expect(actions.filter((action) => action.kind === 'ask')).toHaveLength(2);
    expect(schedule(view, { kind: 'landed', id: 'A' }).actions).toContainEqual({ kind: 'ask', exclude: ['A', 'B'] });
  });

  it('asks again when something has ended, since that may have set others free', () => {
    const { view } = play(
      firstView(2, 0),
      { kind: 'begun' },
      { kind: 'selected', task: task('A') },
      { kind: 'none', waiting: { ...NOTHING_WAITS, dependency: 1 } },
    );
    expect(view.asking).toBe(false);
    expect(schedule(view, { kind: 'landed', id: 'A' }).actions).toEqual([
      { kind: 'remove', id: 'A' },
      { kind: 'ask', exclude: ['A'] },
    ]);
  });

  it('ends when nothing runs and nothing can be started', () => {
    expect(play(firstView(2, 0), { kind: 'begun' }, { kind: 'none', waiting: NOTHING_WAITS }).actions.at(-1)).toEqual({
      kind: 'finish',
    });
  });

  it('M32: starts no more than the most tasks asked for, failures included', () => {
    const { actions } = play(
      firstView(4, 2),
      { kind: 'begun' },
      { kind: 'selected', task: task('A') },
      { kind: 'selected', task: task('B') },
      { kind: 'failed', id: 'A' },
      { kind: 'failed', id: 'B' },
    );
    expect(actions.filter((action) => action.kind === 'start')).toHaveLength(2);
    expect(actions.at(-1)).toEqual({ kind: 'finish' });
  });

  it('starts nothing after a stop, not even what was being selected, and lets finish what runs', () => {
    const { view, actions } = play(
      firstView(2, 0),
      { kind: 'begun' },
      { kind: 'selected', task: task('A') },
      { kind: 'stop' },
      { kind: 'selected', task: task('B') },
    );
    expect(actions.filter((action) => action.kind === 'start')).toEqual([{ kind: 'start', task: task('A') }]);
    expect(schedule(view, { kind: 'failed', id: 'A' }).actions).toEqual([{ kind: 'finish' }]);
  });

  it('for any course of a run: capacity is kept, no task is started twice, one failure stops nothing, and it ends', () => {
    const outcomes = fc.constantFrom('land', 'block', 'fail_early', 'fail_late');
    fc.assert(
      fc.property(
        fc.array(outcomes, { maxLength: 20 }),
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.nat(), { minLength: 1, maxLength: 60 }),
        (plan, workers, order) => {
          const { started, finished, most } = simulate(plan, workers, order);
          expect(started).toEqual(plan.map((_, index) => `T${index}`));
          expect(finished).toBe(1);
          expect(most).toBeLessThanOrEqual(workers);
        },
      ),
    );
  });
});

/** Plays a whole run: the picks say which of the things that can happen next does. */
function simulate(plan: readonly string[], workers: number, picks: readonly number[]) {
  let { view, actions } = play(firstView(workers, 0), { kind: 'begun' });
  const open: Happening[] = [];
  const started: string[] = [];
  let finished = 0;
  let most = 0;
  const absorb = (todo: readonly Action[]) => {
    for (const action of todo) {
      if (action.kind === 'finish') finished += 1;
      else if (action.kind === 'ask') open.push(answer(plan, action.exclude));
      else if (action.kind === 'integrate') open.push({ kind: endOf(plan, action.id), id: action.id });
      else if (action.kind === 'start') {
        started.push(action.task.id);
        open.push(firstEnd(plan, action.task.id));
      }
    }
  };
  absorb(actions);
  for (let turn = 0; open.length > 0; turn += 1) {
    const [happening] = open.splice((picks[turn % picks.length] ?? 0) % open.length, 1);
    if (happening === undefined) break;
    ({ view, actions } = play(view, happening));
    most = Math.max(most, count(view, 'starting', 'running'));
    absorb(actions);
  }
  return { started, finished, most };
}

function answer(plan: readonly string[], exclude: readonly string[]): Happening {
  const next = plan.findIndex((_, index) => !exclude.includes(`T${index}`));
  return next === -1 ? { kind: 'none', waiting: NOTHING_WAITS } : { kind: 'selected', task: task(`T${next}`) };
}

function firstEnd(plan: readonly string[], id: string): Happening {
  return planned(plan, id) === 'fail_early' ? { kind: 'failed', id } : { kind: 'agent_ready', id };
}

function endOf(plan: readonly string[], id: string): 'landed' | 'blocked' | 'failed' {
  const outcome = planned(plan, id);
  return outcome === 'land' ? 'landed' : outcome === 'block' ? 'blocked' : 'failed';
}

function planned(plan: readonly string[], id: string): string | undefined {
  return plan[Number(id.slice(1))];
}
