import { expect, it } from 'vitest';
import { badEnds, wrongStatus } from '../../torture/checks/ends.mjs';
import { endWith, freshWorld, record, taskOf, texts } from './broken-world.mjs';

it('a program that does not end, one with a status of no table, and one that shows a bug are found', () => {
  const ends = [
    endWith({ status: 75 }),
    endWith({ status: 143 }),
    endWith({ status: null, signal: 'SIGKILL' }),
    endWith({ status: 13 }),
    endWith({ status: 1, stderr: 'TypeError: x\n    at run (/dist/a.js:1:2)\n' }),
  ];
  expect(texts(badEnds({ hung: ['ralph-x does not end: pid 1'], ends }))).toEqual([
    'stuck: ralph-x does not end: pid 1',
    'stuck: ralph-x run ended with 13',
    'stuck: ralph-x run showed a bug: TypeError: x\n    at run (/dist/a.js:1:2)\n',
  ]);
});

it('a status of 0 although a task failed, or was blocked in that run, is found', () => {
  const world = freshWorld();
  const [id, other] = [taskOf(world, 'edit'), taskOf(world, 'slow')];
  record(world, [
    { task_id: id, lifecycle: 'failed' },
    { task_id: other, lifecycle: 'blocked_push' },
  ]);
  expect(wrongStatus(world, { status: 2 }, new Map())).toEqual([]);
  expect(texts(wrongStatus(world, { status: 0 }, new Map()))).toEqual([
    `untrue: a run ended with 0, but ${id} is failed, ${other} is blocked`,
  ]);
  expect(texts(wrongStatus(world, { status: 0 }, new Map([[other, 'blocked']])))).toEqual([
    `untrue: a run ended with 0, but ${id} is failed`,
  ]);
});
