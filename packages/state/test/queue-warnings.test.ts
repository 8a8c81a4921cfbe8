import { describe, expect, it } from 'vitest';
import type { Task } from '@ralph/protocol/contract/task';
import { findWarnings } from '../src/queue/queue-warnings.ts';

const AT = '2026-01-01T00:00:00Z';

function task(id: string, fields: Partial<Task> = {}): Task {
  return { id, title: id, created_at: AT, updated_at: AT, ...fields };
}

function warnings(queue: readonly Task[], done: readonly Task[] = []): string[] {
  return findWarnings(queue, done).map(({ id, message }) => `${id}: ${message}`);
}

function chain(length: number): Task[] {
  return Array.from({ length }, (_, index) => task(`T${index}`, index === 0 ? {} : { depends_on: [`T${index - 1}`] }));
}

describe('findWarnings', () => {
  it('has nothing to say of sound tasks', () => {
    expect(warnings(chain(11), [task('D', { status: 'done', completed_at: AT })])).toEqual([]);
  });

  it.each<[string, Task[], Task[], string[]]>([
    [
      'a missing time',
      [{ id: 'A', title: 'a', created_at: AT }],
      [],
      ['A: has no updated_at; ralph-agent-loop asks for it'],
    ],
    [
      'a start time that cannot be read',
      [task('A', { scheduled_start: 'soon' })],
      [],
      ['A: scheduled_start "soon" cannot be read: the task counts as due'],
    ],
    [
      'an agent that cannot be called',
      [
        task('A', { agent: { runner: 'codex', phases: 9 } }),
        task('B', { agent: { runner: 'codex', model: 'm', phases: 3 } }),
      ],
      [],
      [
        'A: agent: phases: Too big: expected number to be <=3: the task will fail when it is begun, unless a command behind -- does it',
      ],
    ],
    [
      'a dependency on a rejected task',
      [task('A', { depends_on: ['R'] })],
      [task('R', { status: 'rejected' })],
      ['A: depends on R, which was rejected: it is not waited for'],
    ],
    [
      'a duplicate of an ended task',
      [task('A', { duplicates: 'D' }), task('B', { duplicates: 'A' })],
      [task('D', { status: 'done' })],
      ['A: duplicates D, which has ended'],
    ],
    ['a long chain, at its last task', chain(12), [], ['T11: waits for a chain of 11 tasks, one after the other']],
    [
      'no chain of ended tasks',
      [task('A', { depends_on: ['T11'] })],
      chain(12).map((each) => ({ ...each, status: 'done' as const })),
      [],
    ],
  ])('tells of %s', (_what, queue, done, expected) => {
    expect(warnings(queue, done)).toEqual(expected);
  });

  it('comes to an end on circles, and takes ten thousand tasks in its stride', () => {
    expect(warnings([task('A', { depends_on: ['B'] }), task('B', { depends_on: ['A', 'A'] })])).toEqual([]);
    expect(warnings(chain(10_000).toReversed())).toHaveLength(1);
  });
});
