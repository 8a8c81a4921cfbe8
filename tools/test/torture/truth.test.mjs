import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { redTips, secretsOut, wrongRecords } from '../../torture/checks/truth.mjs';
import { touched } from '../../torture/checks/user-things.mjs';
import { endWith, freshWorld, land, push, record, taskOf, texts, write } from './broken-world.mjs';

it('records that are not true are found', () => {
  const world = freshWorld();
  const [edit, slow, other] = ['edit', 'slow', 'committing'].map((kind) => taskOf(world, kind));
  land(world, edit);
  const commit = 'a'.repeat(40);
  record(world, [
    { task_id: edit, lifecycle: 'completed', pushed_commit: commit },
    { task_id: slow, lifecycle: 'completed' },
    { task_id: other, lifecycle: 'integrating' },
  ]);
  expect(texts(wrongRecords(world))).toEqual([
    `untrue: ${edit} is recorded with ${commit}, which is not on the target`,
    `untrue: ${slow} is recorded as completed, but has not landed`,
    `untrue: ${other} is recorded as integrating, and all is over`,
  ]);
  record(world, [{ task_id: edit, lifecycle: 'failed' }]);
  expect(texts(wrongRecords(world))).toEqual([`untrue: ${edit} has landed, but is recorded as failed`]);
});

it('a state of the target that no gate has passed is found, unless others have pushed it', () => {
  const world = freshWorld();
  push(world, () => ({ 'a file': 'a\n' }));
  expect(redTips(world)).toEqual([]);
  writeFileSync(join(world.folder, 'green'), '');
  const tips = world.gitOrigin('reflog', 'show', '--format=%H', 'main').split('\n').toReversed();
  expect(texts(redTips(world))).toEqual(tips.map((tip) => `untrue: ${tip} was pushed without a green gate`));
  for (const tip of tips) world.foreign.add(tip);
  expect(redTips(world)).toEqual([]);
});

it('secrets and runtime files in what was pushed are found, examples are not, and so are secrets in what was told', () => {
  const world = freshWorld();
  push(world, () => ({ '.env.example': 'A=\n', 'deep/.env.local': 'A=1\n', '.ralph/logs/x': 'a\n' }));
  push(world, () => ({ 'a file': `${world.token}\n` }));
  push(world, () => ({ 'a file': 'gone\n' }));
  write(world, '.ralph/logs/parallel/events.ndjson', `{"reason":"${world.token}"}\n`);
  write(world, '.ralph/logs/parallel/A.1.log', world.token);
  write(world, '.ralph/logs/parallel/B.1.log', world.token);
  chmodSync(join(world.root, '.ralph/logs/parallel/A.1.log'), 0o600);
  world.ends.push(endWith({ stderr: world.token }));
  expect(texts(secretsOut(world)).toSorted()).toEqual([
    'untrue: a secret stands in logs/parallel/B.1.log',
    'untrue: a secret stands in logs/parallel/events.ndjson',
    'untrue: a secret was pushed in a file',
    'untrue: a secret was told by ralph-x run',
    'untrue: pushed: .ralph/logs/x',
    'untrue: pushed: deep/.env.local',
  ]);
});

it('what was touched of the user is found', () => {
  const world = freshWorld();
  expect(touched(world)).toEqual([]);
  write(world, 'notes.mine', 'other\n');
  write(world, 'pwned', '');
  world.git('stash', 'drop');
  world.git('branch', '-f', 'mine', world.git('commit-tree', 'HEAD^{tree}', '-m', 'x'));
  world.git('branch', 'another');
  expect(texts(touched(world))).toEqual([
    'touched: the checkout: ?? pwned',
    'touched: the branches are refs/heads/another refs/heads/main refs/heads/mine',
    'touched: the branch of the user has moved',
    'touched: the stash of the user',
    'touched: notes.mine has changed',
    'touched: a title was run as a command',
  ]);
});
