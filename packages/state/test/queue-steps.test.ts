import { describe, expect, it } from 'vitest';
import type { Task } from '@ralph/protocol/contract/task';
import { queueSteps } from '../src/repair/queue-steps.ts';

const NOW = new Date('2026-06-01T00:00:00Z');
const EARLY = '2026-01-01T00:00:00Z';
const LATE = '2026-02-01T00:00:00Z';

function task(id: string, fields: Partial<Task> = {}): Task {
  return { id, title: id, ...fields };
}

function done(id: string, fields: Partial<Task> = {}): Task {
  return task(id, { status: 'done', completed_at: EARLY, ...fields });
}

function steps(queue: readonly Task[], finished: readonly Task[] = []): string[] {
  return queueSteps(queue, finished, NOW).map(
    ({ file, index, code, set }) => `${file} ${index} ${code} ${set === undefined ? 'drop' : set.value}`,
  );
}

describe('queueSteps', () => {
  it.each<[string, Task[], Task[], string[]]>([
    ['nothing in sound files', [task('A')], [done('B')], []],
    ['a task in both files', [task('A')], [done('A')], ['queue 0 task_in_both drop']],
    [
      'one that was changed before its end',
      [task('A', { updated_at: EARLY })],
      [done('A')],
      ['queue 0 task_in_both drop'],
    ],
    [
      'one that was opened again',
      [task('RQ-1', { updated_at: LATE })],
      [done('RQ-1'), done('RQ-7')],
      ['queue 0 task_reopened RQ-8'],
    ],
    ['one that is rejected in done', [task('A')], [done('A', { status: 'rejected' })], []],
    ['a task twice, word for word', [task('A'), task('B'), task('A')], [], ['queue 2 task_twice drop']],
    [
      'an id of two tasks',
      [task('RQ-01'), task('RQ-01', { notes: ['n'] }), task('RQ-01')],
      [],
      ['queue 1 task_twice_differs RQ-02', 'queue 2 task_twice drop'],
    ],
    ['an id twice in done', [], [done('R-1'), done('R-1', { notes: [] })], ['done 1 task_twice_differs R-2']],
    [
      'no end, known from the last change',
      [task('A', { status: 'rejected', updated_at: LATE })],
      [],
      [`queue 0 completed_at_missing ${LATE}`],
    ],
    [
      'no end, not known',
      [],
      [task('A', { status: 'done', updated_at: 'soon', completed_at: null })],
      ['done 0 completed_at_missing 2026-06-01T00:00:00.000Z'],
    ],
    [
      'a task twice in the queue and once in done',
      [task('R-1'), task('R-1', { notes: [] })],
      [done('R-1')],
      ['queue 0 task_in_both drop', 'queue 1 task_in_both drop'],
    ],
  ])('mends %s', (_what, queue, finished, expected) => {
    expect(steps(queue, finished)).toEqual(expected);
  });
});
