import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { git } from '../../bench/measure/generated-repository.mjs';
import { lostWork } from '../../torture/checks/kept-work.mjs';
import { freshWorld, texts } from './broken-world.mjs';

/** Notes in the journal that an agent wrote a text, and returns the line. */
function written(world, text) {
  const file = join(world.folder, 'written');
  writeFileSync(file, text);
  const line = `${git(world.folder, 'hash-object', file)} RQ-0001 2 a file`;
  appendFileSync(join(world.folder, 'journal'), `${line}\n`);
  return line;
}

it('what an agent wrote and nobody has is found, also when git has it without a ref', () => {
  const world = freshWorld();
  const line = written(world, 'work');
  git(world.root, 'hash-object', '-w', join(world.folder, 'written'));
  expect(texts(lostWork(world))).toEqual([`lost: nowhere: ${line}`]);
});

it('what is behind a ref is not lost', () => {
  const world = freshWorld();
  written(world, 'work');
  const blob = git(world.root, 'hash-object', '-w', join(world.folder, 'written'));
  world.git('update-ref', 'refs/ralph/salvage/RQ-0001/2', blob);
  expect(lostWork(world)).toEqual([]);
});

it('what is in a workspace that was kept is not lost', () => {
  const world = freshWorld();
  written(world, 'work');
  const workspace = join(world.workspaces, 'RQ-0001');
  mkdirSync(workspace, { recursive: true });
  git(workspace, 'init', '-q');
  writeFileSync(join(workspace, 'a file'), 'work');
  expect(lostWork(world)).toEqual([]);
});

it('what a fault has deleted itself is spared, and only that attempt', () => {
  const world = freshWorld();
  written(world, 'work');
  world.deleted.push({ id: 'RQ-0001', attempt: 1 });
  expect(lostWork(world)).toHaveLength(1);
  world.deleted.push({ id: 'RQ-0001', attempt: 2 });
  expect(lostWork(world)).toEqual([]);
});
