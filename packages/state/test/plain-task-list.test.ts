import { describe, expect, it } from 'vitest';
import { plainTaskList } from '../src/store/plain-task-list.ts';
import { taskTree } from '../src/store/queue-edit.ts';

function placesOf(tree: Awaited<ReturnType<typeof taskTree>>) {
  const { list, elements, bracket } = tree;
  const placeOf = ({ offset, length }: typeof list) => ({ offset, length });
  return { list: placeOf(list), elements: elements.map(placeOf), bracket };
}

const PLAIN = {
  'an empty list': '{"version":1,"tasks":[]}',
  'tasks laid out': JSON.stringify(
    {
      version: 1,
      tasks: [
        { id: 'A', title: 'a' },
        { id: 'B', notes: ['x', 'y'] },
      ],
    },
    null,
    2,
  ),
  'brackets, quotes and slashes in strings': JSON.stringify({
    tasks: [{ id: 'A', title: '\\"]}{[ // /* \\' }, { id: 'B' }],
  }),
  'a key of the same name further in': JSON.stringify({ meta: { tasks: [1] }, tasks: [{ tasks: [{}] }] }),
  'a value of the same name': JSON.stringify({ name: 'tasks', tasks: [{ id: 'A' }], last: [] }),
};

describe('plainTaskList', () => {
  it.each(Object.entries(PLAIN))('finds what the library finds: %s', async (_name, text) => {
    expect(plainTaskList(text)).toEqual(placesOf(await taskTree(text)));
  });

  it.each([
    '{"tasks":[{} // one\n]}',
    '{"tasks":[1]}',
    '{"tasks":["a"]}',
    '{"tasks":[[]]}',
    '{"tasks":{}}',
    '{"tasks":[{',
    '[]',
  ])('leaves others to the library: %s', (text) => {
    expect(plainTaskList(text)).toBeUndefined();
  });
});
