import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { fates } from './landings.ts';
import { leftFiles, namesIn } from './left-files.ts';
import { membersOf, wordsOf } from './victims.ts';
import type { World } from './world.ts';

/** Returns everything that must not be left when all is done, and what must be there and is not. */
export async function wrongRemains(world: World): Promise<string[]> {
  const nothingLives = () => membersOf(world.folder).length === 0;
  const processes = await waitUntil('nothing lives', nothingLives).then(
    () => [],
    () => membersOf(world.folder).map((one) => `lives: ${wordsOf(one)}`),
  );
  return [...processes, ...leftFiles(world), ...places(world), ...kept(world), ...broken(world), ...checkout(world)];
}

/** Workspaces, and the refs and settings that go with them, are there for blocked tasks and for nobody else. */
function places(world: World): string[] {
  const expected = [...fates(world)].flatMap(([id, fate]) => (fate === 'blocked' ? [id] : [])).toSorted();
  const there = namesIn(world.workspaces).filter((name) => !name.startsWith('.'));
  const hidden = namesIn(world.workspaces).filter(
    (name) => name.startsWith('.') && !expected.some((id) => name === `.ralph-kept.${id}`),
  );
  const settings = namesIn(join(world.root, RALPH_PATHS.workspaceConfigs)).filter(
    (name) => !expected.some((id) => name === `${id}.config`),
  );
  const pins = refs(world, 'refs/ralph/base').map((ref) => ref.replace('refs/ralph/base/', ''));
  return [
    ...(there.join() === expected.join()
      ? []
      : [`workspaces ${there.join(' ')}, but blocked are ${expected.join(' ')}`]),
    ...hidden.map((name) => `left: workspaces/${name}`),
    ...settings.map((name) => `left: settings ${name}`),
    ...(pins.join() === expected.join() ? [] : [`base refs ${pins.join(' ')}, but blocked are ${expected.join(' ')}`]),
    ...refs(world, 'refs/ralph/train').map((ref) => `left: ${ref}`),
  ];
}

/** What an agent has written is somewhere: landed, parked or salvaged. */
function kept(world: World): string[] {
  const known = new Set(world.git('rev-list', '--objects', '--no-object-names', '--all').split('\n'));
  const journal = existsSync(join(world.folder, 'journal')) ? readFileSync(join(world.folder, 'journal'), 'utf8') : '';
  const lost = journal.split('\n').filter((line) => line !== '' && !known.has(line.split(' ')[0] ?? ''));
  const blocked = [...fates(world)].filter(([, fate]) => fate === 'blocked');
  const unkept = blocked.filter(([id]) => refs(world, `refs/ralph/attempts/${id}`).length === 0);
  return [...lost.map((line) => `lost: ${line}`), ...unkept.map(([id]) => `the commits of ${id} are not kept`)];
}

function broken({ root, origin }: World): string[] {
  return [root, origin].flatMap((cwd) => {
    const { status, stdout, stderr } = spawnSync('git', ['fsck', '--full', '--strict', '--no-dangling'], {
      cwd,
      encoding: 'utf8',
    });
    return status === 0 && stdout === '' ? [] : [`git fsck in ${cwd}: ${stdout}${stderr}`];
  });
}

/** The user's checkout is clean, and where origin is; where the books are nobody else's, it stays where it was. */
function checkout({ git, gitOrigin, tracked, start }: World): string[] {
  const status = git('status', '--porcelain');
  const head = git('symbolic-ref', 'HEAD');
  const [own, target] = [git('rev-parse', 'HEAD'), tracked ? gitOrigin('rev-parse', 'main') : start];
  return [
    ...(status === '' ? [] : [`the user's checkout: ${status}`]),
    ...(head === 'refs/heads/main' ? [] : [`the user's branch: ${head}`]),
    ...(own === target ? [] : [`the user's checkout is at ${own} instead of ${target}`]),
  ];
}

function refs({ git }: World, below: string): string[] {
  return git('for-each-ref', '--format=%(refname)', below)
    .split('\n')
    .filter((ref) => ref !== '')
    .toSorted();
}
