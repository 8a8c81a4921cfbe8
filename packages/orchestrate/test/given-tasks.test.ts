import { describe, expect, it } from 'vitest';
import { checkGivenTasks, isHeldBack, selectGiven } from '../src/tasks/given-tasks.ts';
import type { Task } from '@ralph/protocol/contract/task';

const task = (id: string, fields: Partial<Task> = {}): Task => ({ id, title: id, ...fields });
const none = new Set<string>();

function pick(tasks: readonly Task[], exclude: ReadonlySet<string>, landed: ReadonlySet<string>, now: number) {
  return selectGiven(tasks, { exclude, landed, busyScopes: [], now });
}

describe('tasks that were handed over', () => {
  it('are taken in the order given', () => {
    const tasks = [task('B'), task('A')];
    expect(pick(tasks, none, none, 0).task?.id).toBe('B');
    expect(pick(tasks, new Set(['B']), none, 0).task?.id).toBe('A');
    expect(pick(tasks, new Set(['A', 'B']), none, 0).task).toBeUndefined();
  });

  it('wait for a dependency until it has landed, or was given as done', () => {
    const tasks = [task('A', { depends_on: ['B'] })];
    expect(pick(tasks, none, none, 0)).toEqual({
      task: undefined,
      waiting: { dependency: 1, schedule: 0, scope: 0, draft: 0, blocked: 0 },
      nextStart: undefined,
    });
    expect(pick(tasks, none, new Set(['B']), 0).task?.id).toBe('A');
    expect(pick([...tasks, task('B', { status: 'done' })], none, none, 0).task?.id).toBe('A');
  });

  it('wait for their time', () => {
    const tasks = [
      task('B', { scheduled_start: '2026-01-05T00:00:00Z' }),
      task('A', { scheduled_start: '2026-01-02T00:00:00Z' }),
    ];
    expect(pick(tasks, none, none, Date.parse('2026-01-01T00:00:00Z'))).toMatchObject({
      waiting: { schedule: 2 },
      nextStart: Date.parse('2026-01-02T00:00:00Z'),
    });
    expect(pick(tasks, none, none, Date.parse('2026-01-03T00:00:00Z')).task?.id).toBe('A');
  });

  it('wait while another is at work whose scope overlaps theirs', () => {
    const tasks = [task('A', { scope: ['src/a'] }), task('B', { scope: ['docs'] })];
    const question = { exclude: none, landed: none, now: 0 };
    expect(selectGiven(tasks, { ...question, busyScopes: ['src'] })).toMatchObject({
      task: { id: 'B' },
      waiting: { scope: 1 },
    });
    expect(selectGiven(tasks, { ...question, busyScopes: [] }).task?.id).toBe('A');
  });

  it.each<[string, object, string | undefined]>([
    ['free', { lifecycle: 'failed', failures: 2 }, undefined],
    ['held back as failed too often', { lifecycle: 'failed', failures: 3 }, 'failed'],
    ['free where it was asked for since', { lifecycle: 'failed', failures: 3, retry_requested_at: 'x' }, undefined],
    ['held back as blocked', { lifecycle: 'blocked_push' }, 'blocked'],
    ['free where the blocked one was asked for', { lifecycle: 'blocked_push', retry_requested_at: 'x' }, undefined],
  ])('are %s by what an earlier run has recorded', (_, record, why) => {
    expect(isHeldBack(record as Record<string, unknown>, 3)).toBe(why);
  });

  it('are refused as a whole when an id comes twice or cannot be a file name', () => {
    expect(() => checkGivenTasks([task('A'), task('A')])).toThrow(/A is given twice/);
    expect(() => checkGivenTasks([task('../A')])).toThrow(/cannot be a file/);
  });
});
