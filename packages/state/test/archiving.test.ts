import { describe, expect, it } from 'vitest';
import type { Task } from '@ralph/protocol/contract/task';
import { archivedProperties, leftBehind } from '../src/queue/archiving.ts';

const NOW = new Date('2026-06-01T00:00:00Z');
const A: Task = { id: 'A', title: 'a', status: 'todo', notes: ['n'] };
const DONE_A: Task = { ...A, status: 'done', completed_at: 't', updated_at: 't' };

function left(queue: Task[], done: Task[]): readonly number[] {
  return leftBehind({ queue: { tasks: queue }, done: { tasks: done } });
}

describe('archivedProperties', () => {
  it('ends a task now', () => {
    const at = '2026-06-01T00:00:00.000Z';
    expect(archivedProperties(A, NOW)).toEqual({ status: 'done', completed_at: at, updated_at: at });
  });

  it('leaves a rejected task rejected', () => {
    expect(archivedProperties({ ...A, status: 'rejected' }, NOW)).toEqual({ completed_at: '2026-06-01T00:00:00.000Z' });
    expect(archivedProperties({ ...A, status: 'rejected', completed_at: 't' }, NOW)).toEqual({});
  });
});

describe('leftBehind', () => {
  it('finds a task that a killed writer had copied already', () => {
    expect(left([{ ...A, id: 'B' }, A], [DONE_A])).toEqual([1]);
  });

  it.each<[string, Task[], Task[]]>([
    ['that was changed since', [{ ...A, title: 'again' }], [DONE_A]],
    ['whose copy is rejected', [A], [{ ...DONE_A, status: 'rejected' }]],
    [
      'that was opened again',
      [{ ...A, updated_at: '2026-03-01T00:00:00Z' }],
      [{ ...DONE_A, completed_at: '2026-02-01T00:00:00Z' }],
    ],
    [
      'that differs further down',
      [{ ...A, custom_fields: { status: 'b' } }],
      [{ ...DONE_A, custom_fields: { status: 'c' } }],
    ],
    ['that has no copy', [A], [{ ...DONE_A, id: 'B' }]],
  ])('does not touch a task %s', (_title, queue, done) => {
    expect(left(queue, done)).toEqual([]);
  });
});
