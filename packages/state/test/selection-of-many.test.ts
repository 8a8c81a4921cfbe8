import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Task } from '@ralph/protocol/contract/task';
import { select, type SelectionInput, type Standing } from '../src/queue/selection.ts';

const NOW = new Date('2026-06-01T12:00:00Z');
const IDS = ['A', 'B', 'C', 'D', 'E', 'F'];
const STATUSES = ['todo', 'todo', 'doing', 'draft', 'done', 'rejected', undefined] as const;
const id = fc.constantFrom(...IDS);
const ids = fc.uniqueArray(id, { maxLength: 3 });
const status = fc.constantFrom(...STATUSES);
const fields = fc.record(
  {
    depends_on: fc.uniqueArray(id, { maxLength: 2 }),
    blocks: fc.uniqueArray(id, { maxLength: 2 }),
    scope: fc.subarray(['src/a', 'src/b']),
    scheduled_start: fc.constantFrom('2026-05-01T00:00:00Z', '2026-07-01T00:00:00Z', 'nonsense', null),
  },
  { requiredKeys: [] },
);

const anyTask = fc
  .tuple(id, status, fc.oneof({ weight: 2, arbitrary: fc.constant({}) }, fields))
  .map(([name, is, more]): Task => ({ id: name, title: name, ...(is === undefined ? {} : { status: is }), ...more }));

const queue = fc.oneof(
  fc.array(anyTask, { maxLength: 8 }),
  fc.uniqueArray(anyTask, { selector: (task) => task.id, maxLength: 6 }),
);

const anyInput = fc
  .record({
    queue,
    done: fc.array(anyTask, { maxLength: 2 }),
    standings: fc.dictionary(id, fc.constantFrom<Standing>('active', 'blocked', 'landed'), { maxKeys: 2 }),
    asked: ids,
    failures: fc.dictionary(id, fc.integer({ min: 1, max: 3 }), { maxKeys: 2 }),
    wish: fc.record({
      includeDraft: fc.boolean(),
      exclude: ids.map((names) => new Set(names)),
      busy: ids.map((names) => new Set(names)),
      busyScopes: fc.subarray(['src/a']),
      maxFailures: fc.constantFrom(undefined, 2),
    }),
  })
  .map(({ standings, asked, failures, ...rest }): SelectionInput => ({
    ...rest,
    now: NOW,
    standings: new Map(Object.entries(standings)),
    asked: new Set(asked),
    failures: new Map(Object.entries(failures)),
  }));

/** What selection comes to when nothing is kept and each task is looked at, as places in the queue. */
function byEach({ queue: tasks, done, standings, asked, failures, wish }: SelectionInput): string[] {
  const isOpen = (task: Task) =>
    !['done', 'rejected'].includes(task.status ?? 'todo') && standings.get(task.id) !== 'landed';
  const open = tasks.filter(isOpen);
  const isLeft = (name: string) => open.some((task) => task.id === name);
  const isKnown = (name: string) => [...tasks, ...done].some((task) => task.id === name);
  const isDue = ({ scheduled_start: start }: Task) => !(Date.parse(start ?? '') > NOW.getTime());
  const may = open.filter((task) => {
    const name = task.id;
    const isAsked = asked.has(name);
    if (wish.busy.has(name) || standings.has(name) || (wish.exclude.has(name) && !isAsked)) return false;
    if (!isAsked && wish.maxFailures !== undefined && (failures.get(name) ?? 0) >= wish.maxFailures) return false;
    if (task.status === 'draft' && !wish.includeDraft) return false;
    if (open.some((other) => other.blocks?.includes(name) === true)) return false;
    if (task.depends_on?.some((need) => isLeft(need) || !isKnown(need)) === true) return false;
    return isDue(task) && task.scope?.some((path) => wish.busyScopes.includes(path)) !== true;
  });
  const inOrder = ['doing', 'todo', 'draft'].flatMap((each) => may.filter((task) => (task.status ?? 'todo') === each));
  return inOrder.map((task) => `${tasks.indexOf(task)}`);
}

it('selects what looking at each task selects, whatever names it, also when the same queue is asked about again', () => {
  fc.assert(
    fc.property(anyInput, fc.array(anyInput, { maxLength: 2 }), (input, others) => {
      for (const other of [input, ...others]) {
        const asking = { ...other, queue: input.queue, done: input.done };
        const { runnable } = select(asking);
        const places = Array.from(runnable, (task) => `${input.queue.indexOf(task)}`);
        expect(places).toEqual(byEach(asking));
        expect({ size: runnable.size, first: runnable.first() }).toEqual({
          size: places.length,
          first: [...runnable][0],
        });
      }
    }),
    { numRuns: 2000 },
  );
});

it('looks at no task of a long queue again that nobody names', () => {
  let looks = 0;
  const watched = (name: string): Task => ({
    id: name,
    title: name,
    get status(): Task['status'] {
      looks += 1;
      return 'todo';
    },
  });
  const long = Array.from({ length: 1000 }, (_, index) => watched(`RQ-${index}`));
  const wish = { includeDraft: false, exclude: new Set(['RQ-0']), busy: new Set(['RQ-1']), busyScopes: [] };
  const input = { queue: long, done: [], asked: new Set<string>(), failures: new Map(), now: NOW };
  const ask = () =>
    select({ ...input, standings: new Map([['RQ-2', 'active']]), wish: { ...wish, maxFailures: undefined } });
  ask();
  looks = 0;
  const { runnable } = ask();
  expect({ first: runnable.first()?.id, size: runnable.size }).toEqual({ first: 'RQ-3', size: 997 });
  // Those that were named, and the one that is returned.
  expect(looks).toBeLessThan(20);
});
