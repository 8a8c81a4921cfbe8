import { describe, expect, it } from 'vitest';
import { queueTask } from '@ralph/protocol/testing/temporary-repository';
import type { Task } from '@ralph/protocol/contract/task';
import { followUpTasks } from '../src/queue/follow-ups.ts';
import { withElementsFirst } from '../src/store/queue-edit.ts';

const AT = '2026-02-01T00:00:00.000Z';

function tasks(...ids: readonly string[]): Task[] {
  return ids.map((id) => queueTask(id) as Task);
}

const two = [
  { key: 'a', title: 'A', depends_on_keys: ['b'] },
  { key: 'b', title: 'B' },
];

describe('followUpTasks', () => {
  it('gives the next free ids over both files, in their order, and resolves keys', () => {
    const proposed = [{ sourceId: 'RQ-0001', attempt: 2, tasks: two }];
    const added = followUpTasks(proposed, { queue: tasks('RQ-0003'), done: tasks('RQ-0001', 'RQ-0009') }, AT);
    expect(added).toEqual([
      {
        id: 'RQ-0010',
        status: 'todo',
        title: 'A',
        created_at: AT,
        updated_at: AT,
        depends_on: ['RQ-0011'],
        relates_to: ['RQ-0001'],
        custom_fields: { followup_of: 'RQ-0001/2', followup_key: 'a' },
      },
      {
        id: 'RQ-0011',
        status: 'todo',
        title: 'B',
        created_at: AT,
        updated_at: AT,
        relates_to: ['RQ-0001'],
        custom_fields: { followup_of: 'RQ-0001/2', followup_key: 'b' },
      },
    ]);
  });

  it('adds what is missing of an attempt that has added some, and all of another attempt', () => {
    const first = [{ sourceId: 'RQ-0001', attempt: 1, tasks: two.slice(1) }];
    const done = tasks('RQ-0001');
    const queue = followUpTasks(first, { queue: [], done }, AT);
    const rest = followUpTasks([{ sourceId: 'RQ-0001', attempt: 1, tasks: two }], { queue, done }, AT);
    expect(rest.map(({ id, depends_on }) => [id, depends_on])).toEqual([['RQ-0003', ['RQ-0002']]]);
    const again = followUpTasks([{ sourceId: 'RQ-0001', attempt: 2, tasks: two }], { queue, done }, AT);
    expect(again.map(({ id }) => id)).toEqual(['RQ-0003', 'RQ-0004']);
  });

  it('links to no source that is in neither file', () => {
    const added = followUpTasks([{ sourceId: 'X-1', attempt: 1, tasks: two.slice(1) }], { queue: [], done: [] }, AT);
    expect(added).toHaveLength(1);
    expect(added[0]).not.toHaveProperty('relates_to');
  });
});

describe('withElementsFirst', () => {
  it.each([
    ['[\n  // one\n  {"id":"1"}, // still one\n]', '[\n  {"id":"0"},\n  // one\n  {"id":"1"}, // still one\n]'],
    ['[{"id":"1"}]', '[\n  {"id":"0"},\n  {"id":"1"}]'],
    ['[]', '[\n  {"id":"0"}\n]'],
    ['[ // list\n    {"id":"1"},\n  ]', '[\n    {"id":"0"}, // list\n    {"id":"1"},\n  ]'],
  ])('puts one before the others of %j and leaves every other byte', async (list, wanted) => {
    expect(await withElementsFirst(`{"tasks": ${list}}`, ['{"id":"0"}'])).toBe(`{"tasks": ${wanted}}`);
  });
});
