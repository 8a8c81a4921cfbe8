import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { leftFiles, orphans, strayPlaces } from '../../torture/checks/remains.mjs';
import { freshWorld, record, taskOf, texts, write } from './broken-world.mjs';

const NO_GROUPS = { left: () => [] };

/** Starts a process that goes on until the test ends, and waits until it says that it is there. */
async function living(words, options) {
  const child = spawn(words[0], words.slice(1), { stdio: ['ignore', 'pipe', 'ignore'], ...options });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child.pid;
}

it('a process is found by its folder, its arguments, its environment and its parent', async () => {
  const world = freshWorld();
  expect(await orphans(world, NO_GROUPS, 0)).toEqual([]);
  const wait = 'echo here; exec sleep 100';
  const pids = [
    await living(['sh', '-c', wait], { cwd: world.root }),
    await living(['sh', '-c', 'echo here; while :; do sleep 1; done', 'x', world.folder]),
    await living(['sh', '-c', wait], { env: { ...process.env, RALPH_TORTURE: world.folder } }),
  ];
  const found = texts(await orphans(world, NO_GROUPS, 0)).join('\n');
  for (const pid of pids) expect(found).toContain(`orphans: lives: pid ${pid} `);
});

it('a control group that is left is found', async () => {
  const world = freshWorld();
  const left = () => ['/sys/fs/cgroup/ralph-1-2-3'];
  expect(texts(await orphans(world, { left }, 0))).toEqual(['orphans: control group /sys/fs/cgroup/ralph-1-2-3']);
});

it('workspaces and refs that nobody needs are found, and those that are missing', () => {
  const world = freshWorld();
  const [edit, slow] = [taskOf(world, 'edit'), taskOf(world, 'slow')];
  expect(strayPlaces(world)).toEqual([]);
  mkdirSync(join(world.workspaces, edit), { recursive: true });
  mkdirSync(join(world.workspaces, `.ralph-kept.${edit}`));
  for (const ref of [`base/${edit}`, `train/${edit}/1`]) world.git('update-ref', `refs/ralph/${ref}`, 'main');
  record(world, [{ task_id: slow, lifecycle: 'blocked_push' }]);
  expect(texts(strayPlaces(world))).toEqual([
    `stuck: workspace of ${edit}, which is not blocked`,
    `stuck: ${slow} is blocked, and its workspace is gone`,
    `stuck: left: .ralph-kept.${edit}`,
    `stuck: left: refs/ralph/base/${edit}`,
    `stuck: left: refs/ralph/train/${edit}/1`,
    `stuck: the commits of ${slow} are not kept`,
  ]);
});

it('drafts, claims, locks of git and locks that are held are found', async () => {
  const world = freshWorld();
  expect(leftFiles(world)).toEqual([]);
  const left = [
    '.ralph/cache/parallel/.state.json.17.0123456789abcdef.next',
    '.ralph/cache/parallel/claims/RQ-0001.lock',
    '.ralph/cache/parallel/agents/RQ-0001.json',
    '.git/index.lock',
    '.git/refs/ralph/base/RQ-0001.lock',
  ].map((path) => {
    write(world, path, '');
    return `stuck: left: ${join(world.root, path)}`;
  });
  write(world, '.ralph/loop.lock', '{}');
  writeFileSync(join(world.folder, 'tmp', 'something'), '');
  await living(['flock', join(world.root, '.ralph/loop.lock'), 'sh', '-c', 'echo here; exec sleep 100']);
  expect(texts(leftFiles(world)).toSorted()).toEqual(
    [
      ...left,
      `stuck: left: ${join(world.folder, 'tmp/something')}`,
      `stuck: held: ${join(world.root, '.ralph/loop.lock')}`,
    ].toSorted(),
  );
});
