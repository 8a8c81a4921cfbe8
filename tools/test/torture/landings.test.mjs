import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { landedInPart, landedTwice, runAtOnce, unfinished, wrongBooks } from '../../torture/checks/landings.mjs';
import { freshWorld, land, push, record, taskOf, texts } from './broken-world.mjs';

it('a task that has neither landed nor ended is found', () => {
  const world = freshWorld();
  const [edit, slow] = [taskOf(world, 'edit'), taskOf(world, 'slow')];
  land(world, edit);
  record(world, [{ task_id: slow, lifecycle: 'failed' }]);
  const found = texts(unfinished(world));
  expect(found).toContain(`lost: ${slow} (slow) is failed`);
  expect(found.join()).not.toContain(edit);
});

it('a task that landed by two attempts is found', () => {
  const world = freshWorld();
  const id = taskOf(world, 'edit');
  land(world, id);
  expect(landedTwice(world)).toEqual([]);
  land(world, id, 2);
  expect(texts(landedTwice(world))).toEqual([
    `landed twice: ${id} landed as ${id} by attempt 1, ${id} by attempt 2`,
    `landed twice: ${id} was moved to done 2 times`,
  ]);
});

it('a line that landed twice is found', () => {
  const world = freshWorld();
  const id = taskOf(world, 'shared');
  land(world, id);
  push(world, (read) => ({ 'shared.txt': `${read('shared.txt')}${id}\n${id}\n` }));
  expect(texts(landedTwice(world))).toEqual([`landed twice: ${id} stands 2 times in shared.txt`]);
});

it('two agents at work on one task are found', () => {
  const world = freshWorld();
  expect(runAtOnce(world)).toEqual([]);
  writeFileSync(join(world.folder, 'at-once'), 'RQ-0001: 17 and 18\n');
  expect(texts(runAtOnce(world))).toEqual(['landed twice: at work at the same time: RQ-0001: 17 and 18']);
});

it('work that landed in part is found', () => {
  const world = freshWorld();
  const [id, shared] = [taskOf(world, 'committing'), taskOf(world, 'shared')];
  land(world, id);
  land(world, shared);
  expect(texts(landedInPart(world))).toEqual(
    expect.arrayContaining([
      `lost: ${id} (committing) landed without work/more of ${id}`,
      `lost: ${shared} landed without its line in shared.txt`,
    ]),
  );
});

it('a queue that still holds what has landed is found, and a task that is in neither file', () => {
  const world = freshWorld();
  const [edit, slow] = [taskOf(world, 'edit'), taskOf(world, 'slow')];
  land(world, edit);
  expect(wrongBooks(world)).toEqual([]);
  push(world, (read) => ({
    '.ralph/queue.jsonc': read('.ralph/queue.jsonc')
      .replace(`"id":"${slow}"`, '"id":"gone"')
      .replace('"tasks": [', `"tasks": [{"id":"${edit}","title":"t"},`),
  }));
  expect(texts(wrongBooks(world)).toSorted()).toEqual(
    [
      `untrue: ${edit} is landed, but 1 times in the queue and 1 times done`,
      `untrue: ${slow} is waiting, but 0 times in the queue and 0 times done`,
    ].toSorted(),
  );
});
