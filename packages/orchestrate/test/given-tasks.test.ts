import { describe, expect, it } from 'vitest';
import { checkGivenTasks, selectGiven } from '../src/tasks/given-tasks.ts';
import type { Task } from '@ralph/protocol/contract/task';

const task = (id: string, fields: Partial<Task> = {}): Task => ({ id, title: id, ...fields });
const none = new Set<string>();

describe('tasks that were handed over', () => {
  it('are taken in the order given', () => {
    const tasks = [task('B'), task('A')];
    expect(selectGiven(tasks, none, none, 0).task?.id).toBe('B');
    expect(selectGiven(tasks, new Set(['B']), none, 0).task?.id).toBe('A');
    expect(selectGiven(tasks, new Set(['A', 'B']), none, 0).task).toBeUndefined();
  });

  it('wait for a dependency until it has landed, or was given as done', () => {
    const tasks = [task('A', { depends_on: ['B'] })];
    expect(selectGiven(tasks, none, none, 0)).toEqual({
      task: undefined,
      waiting: { dependency: 1, schedule: 0, draft: 0, blocked: 0 },
    });
    expect(selectGiven(tasks, none, new Set(['B']), 0).task?.id).toBe('A');
    expect(selectGiven([...tasks, task('B', { status: 'done' })], none, none, 0).task?.id).toBe('A');
  });

  it('wait for their time', () => {
    const tasks = [task('A', { scheduled_start: '2026-01-02T00:00:00Z' })];
    expect(selectGiven(tasks, none, none, Date.parse('2026-01-01T00:00:00Z')).waiting.schedule).toBe(1);
    expect(selectGiven(tasks, none, none, Date.parse('2026-01-03T00:00:00Z')).task?.id).toBe('A');
  });

  it('are refused as a whole when an id comes twice or cannot be a file name', () => {
    expect(() => checkGivenTasks([task('A'), task('A')])).toThrow(/A is given twice/);
    expect(() => checkGivenTasks([task('../A')])).toThrow(/cannot be a file/);
  });
});
