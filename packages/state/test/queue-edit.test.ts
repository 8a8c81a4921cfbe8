import fc from 'fast-check';
import { parse, visit } from 'jsonc-parser';
import { describe, expect, it } from 'vitest';
import { elementTexts, newQueueText, withElements, withoutElements, withProperties } from '../src/store/queue-edit.ts';

const COMMENTED = `// my queue
{
  "version": 1, // format
  "tasks": [
    // urgent
    { "id": "A", "title": "a" }, // after A
    /* about B */
    {
      "id": "B", // inside B
      "title": "b",
    },
    // about C
    { "id": "C", "title": "c" } // after C
    // the end
  ],
  "theirs": 7,
}
`;

function ids(text: string): string[] {
  const { tasks } = parse(text, [], { allowTrailingComma: true }) as { tasks: { id: string }[] };
  return tasks.map(({ id }) => id);
}

function comments(text: string): string[] {
  const found: string[] = [];
  visit(text, { onComment: (offset, length) => found.push(text.slice(offset, offset + length).trimEnd()) });
  return found;
}

describe('withoutElements', () => {
  it.each([
    [0, ['B', 'C'], []],
    [1, ['A', 'C'], ['// inside B']],
    [2, ['A', 'B'], []],
  ])('removes task %i and leaves every comment outside it', async (index, left, gone) => {
    const text = await withoutElements(COMMENTED, [index]);
    expect(ids(text)).toEqual(left);
    expect(comments(text)).toEqual(comments(COMMENTED).filter((comment) => !gone.includes(comment)));
  });

  it('takes the line of the task with it and touches no other', async () => {
    const lines = COMMENTED.split('\n');
    const text = await withoutElements(COMMENTED, [1]);
    expect(text.split('\n')).toEqual([...lines.slice(0, 7), ...lines.slice(11)]);
  });

  it.each(['{"version":1,"tasks":[{"id":"A"},{"id":"B"}]}', '{"version":1,"tasks":[ {"id":"A"} , {"id":"B"} , ]}'])(
    'works in one line: %s',
    async (text) => {
      expect(ids(await withoutElements(text, [0]))).toEqual(['B']);
      expect(ids(await withoutElements(text, [1]))).toEqual(['A']);
      expect(ids(await withoutElements(text, [0, 1]))).toEqual([]);
    },
  );

  it('keeps a comment between a task and its comma', async () => {
    const text = '{"version":1,"tasks":[\n  {"id":"A"} // note\n  ,\n  {"id":"B"}\n]}';
    const after = await withoutElements(text, [0]);
    expect(ids(after)).toEqual(['B']);
    expect(comments(after)).toEqual(['// note']);
  });
});

describe('withElements', () => {
  it('adds behind the last task, before nothing of what follows it, with its indentation', async () => {
    const text = await withElements(COMMENTED, ['{\n  "id": "D"\n}']);
    expect(ids(text)).toEqual(['A', 'B', 'C', 'D']);
    expect(comments(text)).toEqual(comments(COMMENTED));
    expect(text).toContain('"c" }, // after C\n    // the end\n    {\n      "id": "D"\n    }\n  ],');
  });

  it('makes a file that a person would have written from an empty one', async () => {
    const text = await withElements(newQueueText(), [JSON.stringify({ id: 'A' }, null, 2)]);
    expect(text).toBe(`${JSON.stringify({ version: 1, tasks: [{ id: 'A' }] }, null, 2)}\n`);
  });

  it('keeps the line ends of the file', async () => {
    const text = await withElements('{\r\n  "version": 1,\r\n  "tasks": [\r\n    {"id":"A"}\r\n  ]\r\n}\r\n', [
      '{\n  "id": "B"\n}',
    ]);
    expect(ids(text)).toEqual(['A', 'B']);
    expect(text.replaceAll('\r\n', '')).not.toContain('\n');
  });

  it.each(['{"version":1,"tasks":[]}', '{"version":1,"tasks":[{"id":"A"}]}', '{"version":1,"tasks":[{"id":"A"},]}'])(
    'works in one line: %s',
    async (text) => {
      expect(ids(await withElements(text, ['{"id":"B"}', '{"id":"C"}']))).toEqual([...ids(text), 'B', 'C']);
    },
  );
});

describe('elementText and withProperties', () => {
  it('carry a task with its comments', async () => {
    const [element = ''] = await elementTexts(COMMENTED, [1]);
    expect(element).toBe('{\n  "id": "B", // inside B\n  "title": "b",\n}');
    expect(await withProperties(element, { title: 'new', status: 'done' })).toBe(
      '{\n  "id": "B", // inside B\n  "title": "new",\n  "status": "done",\n}',
    );
  });

  it('leave a task of one line in one line', async () => {
    expect(await withProperties('{"id":"A","n":1.50}', { status: 'done' })).not.toContain('\n');
    expect(await withProperties('{"id":"A","n":1.50}', { status: 'done' })).toContain('1.50');
  });
});

/** Writes tasks in a layout of chance: comments and line breaks wherever JSON allows blanks, a trailing comma. */
const layout = fc
  .record({
    count: fc.integer({ min: 0, max: 5 }),
    blanks: fc.array(fc.constantFrom('', ' ', '\n', '\n    ', ' // c\n', '/* , ] */', '\r\n'), {
      minLength: 12,
      maxLength: 12,
    }),
    trailing: fc.boolean(),
  })
  .map(({ count, blanks, trailing }) => {
    let turn = 0;
    const blank = () => blanks[turn++ % blanks.length] ?? '';
    const tasks = Array.from(
      { length: count },
      (_, index) => `${blank()}{"id":"T${index}",${blank()}"t":"],//"}${blank()}`,
    );
    const comma = trailing && count > 0 ? `,${blank()}` : '';
    return {
      count,
      text: `${blank()}{"version":1,"tasks":${blank()}[${blank()}${tasks.join(',')}${comma}]${blank()}}${blank()}`,
    };
  });

describe('any layout', () => {
  it('an edit changes one task and no comment', async () => {
    await fc.assert(
      fc.asyncProperty(layout, fc.nat(4), fc.nat(4), async ({ count, text }, at, other) => {
        const before = ids(text);
        const added = await withElements(text, ['{"id":"N"}', '{"id":"M"}']);
        expect(ids(added)).toEqual([...before, 'N', 'M']);
        expect(comments(added)).toEqual(comments(text));
        if (at >= count) return;
        const removed = await withoutElements(text, [at]);
        expect(ids(removed)).toEqual(before.toSpliced(at, 1));
        expect(comments(removed).length).toBeGreaterThanOrEqual(comments(text).length - 1);
        const both = [...new Set([at, other % count])];
        expect(ids(await withoutElements(text, both))).toEqual(before.filter((_id, index) => !both.includes(index)));
      }),
      { numRuns: 500 },
    );
  });
});

it('blanks without end are passed over once: to begin anew at each of them would take minutes', async () => {
  const blanks = ' '.repeat(300_000);
  const text = `${blanks}{"version":1,"tasks":[{"id":"A","title":"a"}${blanks}]}`;
  const edited = await withElements(text, ['{"id":"B"}']);
  expect(edited.replaceAll(blanks, '…')).toBe('…{"version":1,"tasks":[{"id":"A","title":"a"},\n…  {"id":"B"}\n…]}');
});
