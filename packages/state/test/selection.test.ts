import { describe, expect, it } from 'vitest';
import type { Task } from '@ralph/protocol/contract/task';
import { select, type SelectionInput, type Standing } from '../src/queue/selection.ts';

const NOW = new Date('2026-06-01T12:00:00Z');

function task(id: string, fields: Partial<Task> = {}): Task {
  return { id, title: id, status: 'todo', ...fields };
}

function selection(
  queue: readonly Task[],
  more: Partial<Omit<SelectionInput, 'standings'>> & { standings?: object } = {},
) {
  const { standings = {}, ...rest } = more;
  const { runnable, waiting } = select({
    queue,
    done: [],
    includeDraft: false,
    exclude: new Set(),
    now: NOW,
    ...rest,
    standings: new Map(Object.entries(standings) as [string, Standing][]),
  });
  return { ids: runnable.map(({ id }) => id), waiting };
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
    expect(selection(queue, { includeDraft: true })).toMatchObject({ ids: ['A', 'D'], waiting: { draft: 0 } });
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
    expect(selection([task('A'), task('B'), task('C')], { standings })).toEqual({
      ids: ['C'],
      waiting: { dependency: 0, schedule: 0, draft: 0, blocked: 1 },
    });
  });

  it('passes over excluded tasks without counting them', () => {
    const result = selection([task('A'), task('B')], { exclude: new Set(['A']) });
    expect(result).toEqual({ ids: ['B'], waiting: { dependency: 0, schedule: 0, draft: 0, blocked: 0 } });
  });

  it('counts each waiting task once', () => {
    const both = task('B', { depends_on: ['A'], scheduled_start: '2027-01-01T00:00:00Z' });
    expect(selection([task('A'), both]).waiting).toEqual({ dependency: 1, schedule: 0, draft: 0, blocked: 0 });
  });
});
