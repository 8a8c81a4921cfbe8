import { describe, expect, it } from 'vitest';
import { newTask } from '../src/queue/new-task.ts';
import { withIds } from '../src/queue/task-adding.ts';

const AT = '2026-06-01T00:00:00.000Z';

function ids(fields: readonly object[], taken: readonly string[] = []): string[] {
  const added = fields.map((each, index) => newTask({ title: 't', ...each }, index + 1));
  return withIds(added, taken, AT).map(({ id }) => id);
}

describe('withIds', () => {
  it('gives the next free ids in order, past those that the tasks bring along', () => {
    expect(ids([{}, { id: 'RQ-0007' }, {}], ['RQ-0003'])).toEqual(['RQ-0008', 'RQ-0007', 'RQ-0009']);
  });

  it('keeps what a task says of itself, but not the number of an attempt', () => {
    const [task] = withIds([newTask({ title: 't', status: 'draft', attempt: 3, created_at: 'c', mine: 1 }, 1)], [], AT);
    expect(task).toEqual({ id: 'RQ-0001', status: 'draft', title: 't', created_at: 'c', updated_at: AT, mine: 1 });
  });

  it.each([
    ['stands in a file', [{ id: 'A' }], ['A'], 'line 1 of stdin: there is a task A already'],
    ['came before', [{}, { id: 'A' }, { id: 'A' }], [], 'line 3 of stdin: line 2 has a task A already'],
  ])('refuses an id that %s', (_what, fields, taken, message) => {
    expect(() => ids(fields, taken)).toThrow(expect.objectContaining({ code: 'task_exists', message }));
  });
});

describe('newTask', () => {
  it.each([
    ['no title', { id: 'A' }, 'bad_line', /^line 4 of stdin: task: title/],
    ['a blank title', { title: ' ' }, 'queue_invalid', /^line 4 of stdin: title is blank/],
    ['an id that cannot name a folder', { id: '..', title: 't' }, 'task_unsafe_id', /^line 4 of stdin: "\.\."/],
    ['a key that cannot be read back', JSON.parse('{"title":"t","a":[{"__proto__":1}]}'), 'bad_line', /__proto__/],
    ['endless nesting', JSON.parse(`{"title":"t","a":${'['.repeat(200)}${']'.repeat(200)}}`), 'bad_line', /nested/],
  ])('refuses %s', (_what, record, code, message) => {
    expect(() => newTask(record as Record<string, unknown>, 4)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) as string }),
    );
  });
});
