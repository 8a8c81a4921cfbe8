import { describe, expect, it } from 'vitest';
import type { Task } from '@ralph/protocol/contract/task';
import { select, type SelectionInput, type SelectionWish, type Standing } from '../src/queue/selection.ts';

const NOW = new Date('2026-06-01T12:00:00Z');

function task(id: string, fields: Partial<Task> = {}): Task {
  return { id, title: id, status: 'todo', ...fields };
}

const NONE = { dependency: 0, schedule: 0, draft: 0, blocked: 0, scope: 0, failed: 0 };

type Records = Partial<Pick<SelectionInput, 'done' | 'asked' | 'failures'>> & { standings?: object };

function selection(queue: readonly Task[], records: Records = {}, wish: Partial<SelectionWish> = {}) {
  const { standings = {}, ...rest } = records;
  const { runnable, waiting, nextStart } = select({
    queue,
    done: [],
    asked: new Set(),
    failures: new Map(),
    now: NOW,
    ...rest,
    standings: new Map(Object.entries(standings) as [string, Standing][]),
    wish: {
      includeDraft: false,
      exclude: new Set(),
      busy: new Set(),
      busyScopes: [],
      maxFailures: undefined,
      ...wish,
    },
  });
  return { ids: Array.from(runnable, ({ id }) => id), waiting, nextStart };
}

describe('select: order', () => {
  it('follows the file, not the ids (M26)', () => {
    expect(selection([task('RQ-0003'), task('RQ-0001')]).ids).toEqual(['RQ-0003', 'RQ-0001']);
  });

  it('takes a task that is doing before any todo (M27)', () => {
    expect(selection([task('A'), task('B', { status: 'doing' })]).ids).toEqual(['B', 'A']);
  });

  it('passes drafts over, and takes them last when asked to (M30)', () => {
    const queue = [task('D', { status: 'draft' }), task('A')];
    expect(selection(queue)).toMatchObject({ ids: ['A'], waiting: { draft: 1 } });
    expect(selection(queue, {}, { includeDraft: true })).toMatchObject({ ids: ['A', 'D'], waiting: { draft: 0 } });
  });

  it('takes a task without status for todo, and never one that has ended', () => {
    const queue = [{ id: 'A', title: 'A' }, task('B', { status: 'done' }), task('C', { status: 'rejected' })];
    expect(selection(queue).ids).toEqual(['A']);
  });
});

describe('select: dependencies', () => {
  const dependent = task('B', { depends_on: ['A'] });

  it('holds a task back until what it depends on is done, in the queue or in the done file (M28)', () => {
    expect(selection([task('A'), dependent])).toMatchObject({ ids: ['A'], waiting: { dependency: 1 } });
    expect(selection([task('A', { status: 'done' }), dependent]).ids).toEqual(['B']);
    expect(selection([dependent], { done: [task('A', { status: 'done' })] }).ids).toEqual(['B']);
  });

  it('takes a rejected dependency for satisfied, a missing one not', () => {
    expect(selection([task('A', { status: 'rejected' }), dependent]).ids).toEqual(['B']);
    expect(selection([dependent])).toMatchObject({ ids: [], waiting: { dependency: 1 } });
  });

  it('holds back a task that is doing as well', () => {
    expect(selection([task('A'), { ...dependent, status: 'doing' }]).ids).toEqual(['A']);
  });

  it('waits for an open task that blocks it, no longer for an ended one', () => {
    expect(selection([task('A', { blocks: ['B'] }), task('B')]).ids).toEqual(['A']);
    expect(selection([task('A', { blocks: ['B'], status: 'done' }), task('B')]).ids).toEqual(['B']);
  });

  it('takes landed work for done even where the queue was not brought up to date', () => {
    expect(selection([task('A'), dependent], { standings: { A: 'landed' } }).ids).toEqual(['B']);
  });
});

describe('select: schedule', () => {
  it.each([
    ['2026-06-01T12:00:01Z', []],
    ['2026-06-01T12:00:00Z', ['A']],
    ['2026-06-01T14:00:00+03:00', ['A']],
    ['next week', ['A']],
    ['2099-01-01T00:00:00', ['A']],
  ])('scheduled_start %s starts %j (M29)', (scheduled_start, ids) => {
    const result = selection([task('A', { scheduled_start })]);
    expect(result.ids).toEqual(ids);
    expect(result.waiting.schedule).toBe(1 - ids.length);
  });
});

describe('select: what the records say', () => {
  it('passes over blocked and active tasks and counts the blocked one (M31)', () => {
    const standings = { A: 'blocked', B: 'active' };
    expect(selection([task('A'), task('B'), task('C')], { standings })).toMatchObject({
      ids: ['C'],
      waiting: { ...NONE, blocked: 1 },
    });
  });

  it('passes over excluded tasks without counting them', () => {
    const result = selection([task('A'), task('B')], {}, { exclude: new Set(['A']) });
    expect(result).toMatchObject({ ids: ['B'], waiting: NONE });
  });

  it('counts each waiting task once', () => {
    const both = task('B', { depends_on: ['A'], scheduled_start: '2027-01-01T00:00:00Z' });
    expect(selection([task('A'), both]).waiting).toEqual({ ...NONE, dependency: 1 });
  });

  it('takes an excluded task after all that a person has asked for, but never one that is in work', () => {
    const records = { asked: new Set(['A', 'B']) };
    const wish = { exclude: new Set(['A', 'C']), busy: new Set(['B']) };
    expect(selection([task('A'), task('B'), task('C')], records, wish).ids).toEqual(['A']);
  });

  it('passes over and counts what has failed too often, unless a person has asked for it', () => {
    const failures = new Map([
      ['A', 3],
      ['B', 2],
    ]);
    const queue = [task('A'), task('B')];
    expect(selection(queue, { failures }, { maxFailures: 3 })).toMatchObject({
      ids: ['B'],
      waiting: { ...NONE, failed: 1 },
    });
    expect(selection(queue, { failures }).ids).toEqual(['A', 'B']);
    expect(selection(queue, { failures, asked: new Set(['A']) }, { maxFailures: 3 }).ids).toEqual(['A', 'B']);
  });
});

describe('select: what is in work', () => {
  it('holds back a task whose scope overlaps that of another, and counts it', () => {
    const queue = [task('A', { scope: ['docs', 'src/a.ts'] }), task('B', { scope: ['lib'] }), task('C')];
    expect(selection(queue, {}, { busyScopes: ['src'] })).toMatchObject({
      ids: ['B', 'C'],
      waiting: { ...NONE, scope: 1 },
    });
  });
});

describe('select: the next start', () => {
  it('is the earliest time for which a task waits', () => {
    const queue = [
      task('A', { scheduled_start: '2026-06-03T00:00:00Z' }),
      task('B', { scheduled_start: '2026-06-02T02:00:00+02:00' }),
      task('C', { scheduled_start: '2026-06-01T13:00:00Z', depends_on: ['A'] }),
    ];
    expect(selection(queue).nextStart).toBe('2026-06-02T00:00:00.000Z');
  });

  it('is absent when no task waits for its time', () => {
    expect(selection([task('A', { scheduled_start: '2026-05-01T00:00:00Z' })]).nextStart).toBeUndefined();
  });
});
