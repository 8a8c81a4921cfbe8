import { expect, it } from 'vitest';
import { withValues } from '../src/store/queue-values.ts';

const TEXT = `{ "version": 1, "tasks": [
    { "id": "A", "title": "a" }, // one line
    {
      "id": "B", // its id
      "title": "b" // its title
      // the end
    },
    {
      "id": "C",
      "completed_at": null, /* soon */
    },
    {
      "id": "D",
      "title": "d",
    }
] }
`;

it('sets values where they stand, adds others last, and leaves every other byte', async () => {
  const text = await withValues(TEXT, [
    { index: 0, name: 'completed_at', value: 't' },
    { index: 1, name: 'id', value: 'N' },
    { index: 1, name: 'completed_at', value: 't' },
    { index: 2, name: 'completed_at', value: 't' },
    { index: 3, name: 'completed_at', value: 't' },
  ]);
  expect(text).toBe(`{ "version": 1, "tasks": [
    { "id": "A", "title": "a", "completed_at": "t" }, // one line
    {
      "id": "N", // its id
      "title": "b", // its title
      // the end
      "completed_at": "t"
    },
    {
      "id": "C",
      "completed_at": "t", /* soon */
    },
    {
      "id": "D",
      "title": "d",
      "completed_at": "t",
    }
] }
`);
});

it('keeps the line ends of the file', async () => {
  const text = await withValues('{"tasks":[{\r\n  "id": "A"\r\n}]}', [{ index: 0, name: 'b', value: 'c' }]);
  expect(text).toBe('{"tasks":[{\r\n  "id": "A",\r\n  "b": "c"\r\n}]}');
});

it('sets the value that counts where a key stands twice', async () => {
  const text = await withValues('{"tasks":[{"id":"A","id":"B"}]}', [{ index: 0, name: 'id', value: 'C' }]);
  expect(text).toBe('{"tasks":[{"id":"A","id":"C"}]}');
});
