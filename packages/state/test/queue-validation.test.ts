import { describe, expect, it } from 'vitest';
import type { Task } from '@ralph/protocol/contract/task';
import { parseQueue } from '../src/store/queue-document.ts';
import { placed, problemText, requireValid } from '../src/queue/placed-problems.ts';
import { findProblems } from '../src/queue/queue-validation.ts';

function task(id: string, fields: Partial<Task> = {}): Task {
  return { id, title: id, ...fields };
}

function messages(queue: readonly Task[], done: readonly Task[] = []): string[] {
  return findProblems(queue, done).map(({ file, id, message }) => `${file} ${id}: ${message}`);
}

const AT = '2026-01-01T00:00:00Z';
const DONE = { status: 'done', completed_at: AT } as const;

describe('findProblems', () => {
  it('finds none in a queue with dependencies on both files', () => {
    const queue = [
      task('A', { depends_on: ['C'] }),
      task('B', { depends_on: ['A'], created_at: '2026-01-01T00:00:00Z' }),
    ];
    expect(messages(queue, [task('C', DONE)])).toEqual([]);
  });

  it.each<[string, Task[], Task[], RegExp[]]>([
    ['an id that occurs twice in the queue', [task('A'), task('A')], [], [/^queue A: the id occurs twice/]],
    ['an id that occurs in both files', [task('A')], [task('A', DONE)], [/^done A: the id occurs twice.*queue/]],
    ['an id that cannot name a folder', [task('../A')], [], [/^queue \.\.\/A: the id cannot/]],
    ['a dependency that is nowhere', [task('A', { depends_on: ['X'] })], [], [/^queue A: depends on X/]],
    ['a dependency on itself', [task('A', { depends_on: ['A'] })], [], [/^queue A: depends on itself/]],
    ['an open task in the done file', [], [task('A')], [/^done A: .*status todo/]],
    ['a date without time', [task('A', { created_at: '2026-01-01' })], [], [/^queue A: created_at "2026-01-01"/]],
    ['a time that does not exist', [task('A', { updated_at: '2026-13-01T00:00:00Z' })], [], [/^queue A: updated_at/]],
    ['a day that does not exist', [task('A', { started_at: '2026-02-29T00:00:00Z' })], [], [/^queue A: started_at/]],
    ['a time of another zone', [task('A', { updated_at: '2026-01-01T00:00:00+02:00' })], [], [/in UTC$/]],
    [
      'an ended task without its end',
      [task('A', { status: 'done' })],
      [],
      [/^queue A: is done, but has no completed_at/],
    ],
    ['a rejected one without its end', [], [task('A', { status: 'rejected' })], [/^done A: is rejected, but has no/]],
    ['a link to itself', [task('A', { blocks: ['A'], duplicates: 'A' })], [], [/blocks itself/, /duplicates itself/]],
    ['links to nothing', [task('A', { relates_to: ['X'], duplicates: 'Y' })], [], [/relates to X/, /duplicates Y/]],
    ['blank items', [task('A', { tags: ['a', ' '], depends_on: [''] })], [], [/tags: item 2/, /depends_on: item 1/]],
    ['a key with white space', [task('A', { custom_fields: { ok: 1, 'a b': 2 } })], [], [/the key "a b"/]],
    [
      'a circle of blocks',
      [task('A', { blocks: ['B'] }), task('B', { blocks: ['A'] })],
      [],
      [/^queue A: .*block each other in a circle: A -> B -> A/],
    ],
  ])('finds %s', (_title, queue, done, expected) => {
    const found = messages(queue, done);
    expect(found).toHaveLength(expected.length);
    for (const [index, pattern] of expected.entries()) expect(found[index]).toMatch(pattern);
  });

  it('finds a circle of dependencies and names the way round', () => {
    const queue = [
      task('A', { depends_on: ['B'] }),
      task('B', { depends_on: ['C'] }),
      task('C', { depends_on: ['B'] }),
    ];
    expect(messages(queue)).toEqual(['queue B: the dependencies form a circle: B -> C -> B']);
  });

  it('does not take two ways to one task for a circle', () => {
    const queue = [
      task('A', { depends_on: ['B', 'C'] }),
      task('B', { depends_on: ['D'] }),
      task('C', { depends_on: ['D'] }),
      task('D'),
    ];
    expect(messages(queue)).toEqual([]);
  });

  it('goes through a chain of ten thousand tasks', () => {
    const queue = Array.from({ length: 10_000 }, (_, index) =>
      task(`T${index}`, { depends_on: index === 0 ? [] : [`T${index - 1}`] }),
    );
    expect(messages(queue.toReversed())).toEqual([]);
  });

  it('lets the id of a rejected task be used again', () => {
    expect(messages([task('A')], [task('A', { ...DONE, status: 'rejected' })])).toEqual([]);
  });

  it('does not mind a start time that cannot be read: it holds nothing back', () => {
    expect(messages([task('A', { scheduled_start: 'soon' })])).toEqual([]);
  });
});

describe('requireValid', () => {
  it('names file, line and id of the first problem, and tells all of them to a machine', async () => {
    const text = '{"version":1,"tasks":[\n {"id":"A","title":"a"},\n {"id":"B","title":"b","depends_on":["X","B"]}]}';
    const queue = await parseQueue(text, 'q.jsonc');
    await expect(requireValid(queue, await parseQueue(undefined, 'd.jsonc'))).rejects.toMatchObject({
      code: 'queue_invalid',
      message: 'q.jsonc:3:38: B: depends on X, which is in neither file (and 1 more)',
      parts: {
        details: {
          problems: [
            { line: 3, column: 38 },
            { column: 42, message: 'depends on itself' },
          ],
        },
      },
    });
  });
});

describe('placed', () => {
  const text = `\uFEFF{"version":1,"tasks":[
  {"id":"A","title":"a","status":"done"},
  {"id":"B","title":"b","tags":["x",
    ""], "custom_fields":{"a b":1}, "updated_at":"soon"},
  {"id":"A","title":"again"}
]}`;

  it('points at the very value, or at the task where it is missing', async () => {
    const queue = await parseQueue(text, 'q');
    const done = await parseQueue(undefined, 'd');
    const found = await placed(findProblems(queue.tasks, done.tasks), queue, done);
    expect(found.map(({ code, line, column }) => `${code} ${line}:${column}`)).toEqual([
      'completed_at_missing 2:3',
      'time_invalid 4:50',
      'item_blank 4:5',
      'key_with_space 4:33',
      'id_twice 5:9',
    ]);
    expect(found.map(problemText)[2]).toBe('q:4:5: B: tags: item 2 is blank');
  });

  it('reads the text once, however many problems there are', async () => {
    const tasks = Array.from({ length: 2000 }, (_, index) => task(`T${index}`, { depends_on: ['X'], tags: [''] }));
    const queue = await parseQueue(JSON.stringify({ version: 1, tasks }, null, 2), 'q');
    const found = await placed(findProblems(queue.tasks, []), queue, await parseQueue(undefined, 'd'));
    expect([found.length, found.at(-1)?.line]).toEqual([4000, 19_998]);
  });
});

describe('parseQueue', () => {
  it.each([
    ['another version', '{"version":2,"tasks":[]}', 'q:1:12'],
    ['a task without title', '{"version":1,\n"tasks":[\n {"id":"A"}]}', 'q:3:2'],
    ['an unknown status', '{"version":1,"tasks":[{"id":"A","title":"a","status":"paused"}]}', 'q:1:54'],
    ['a text cut off', '{"version":1,', 'q:1:14'],
  ])('refuses %s and names the place', async (_title, text, place) => {
    await expect(parseQueue(text, 'q')).rejects.toMatchObject({
      code: 'queue_corrupt',
      message: expect.stringContaining(`${place}:`),
    });
  });
});
