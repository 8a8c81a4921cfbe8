// What must not be left when all is done: processes, control groups, workspaces, refs, locks, held locks.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { membersOf, wordsOf } from '../look/processes.mjs';
import { comesTrue } from '../wait.mjs';
import { fatesOf } from './fates.mjs';
import { findings } from './findings.mjs';

/** The last of a family ends a moment after it has said so. */
const LAST_MS = 20_000;

/** Files that stay where they are: the lock is on them, not they themselves. */
const STAYS = /^loop\.lock$|^notify\.lock$|^cache\/parallel\/state\.lock$|^ralph-ports-\d+\/\d+\.lock$/;
const TEMPORARY = /\.next(?:\.\d+)?$|\.tmp$|\.lock$|\/(?:claims|agents)\//;
const UNLOCKED = new Set([
  '.git/objects',
  '.git/logs',
  '.git/ralph',
  '.git/hooks',
  'origin.git/objects',
  'origin.git/logs',
  'origin.git/hooks',
]);

/** Returns what still lives after so many milliseconds. */
export async function orphans(world, groups, lastMs = LAST_MS) {
  const isOver = await comesTrue(() => membersOf(world.folder).length === 0, lastMs, world.signal);
  const living = isOver ? [] : membersOf(world.folder).map((one) => `lives: ${wordsOf(one)}`);
  return findings('orphans', [...living, ...groups.left().map((path) => `control group ${path}`)]);
}

/** Returns workspaces and refs that are there for no task that needs them, and those that are missing. */
export function strayPlaces(world) {
  const blocked = [...fatesOf(world)].flatMap(([id, fate]) => (fate === 'blocked' ? [id] : []));
  const spared = new Set(world.deleted.map(({ id }) => id));
  const wanted = new Set(blocked);
  const there = namesIn(world.workspaces);
  const folders = there.filter((name) => !name.startsWith('.'));
  const hidden = there.filter(
    (name) => name.startsWith('.ralph-kept.') && !wanted.has(name.replace('.ralph-kept.', '')),
  );
  const pins = refsOf(world, 'refs/ralph/base/');
  return findings('stuck', [
    ...folders.filter((name) => !wanted.has(name)).map((name) => `workspace of ${name}, which is not blocked`),
    ...blocked
      .filter((id) => !folders.includes(id) && !spared.has(id))
      .map((id) => `${id} is blocked, and its workspace is gone`),
    ...hidden.map((name) => `left: ${name}`),
    ...pins.filter((id) => !wanted.has(id)).map((id) => `left: refs/ralph/base/${id}`),
    ...refsOf(world, 'refs/ralph/train/').map((name) => `left: refs/ralph/train/${name}`),
    ...blocked
      .filter((id) => refsOf(world, `refs/ralph/attempts/${id}`).length === 0)
      .map((id) => `the commits of ${id} are not kept`),
  ]);
}

/** Returns drafts, claims and locks that are left or held. */
export function leftFiles(world) {
  const own = join(world.root, '.ralph');
  const temporary = join(world.folder, 'tmp');
  const gits = [world.root, ...namesIn(world.workspaces).map((name) => join(world.workspaces, name))].map((path) =>
    join(path, '.git'),
  );
  const locks = [own, temporary].flatMap((path) => filesIn(path).filter(({ name }) => STAYS.test(name)));
  return findings('stuck', [
    ...filesIn(own)
      .filter(({ name }) => TEMPORARY.test(name) && !STAYS.test(name))
      .map(({ path }) => `left: ${path}`),
    ...filesIn(temporary)
      .filter(({ name }) => !STAYS.test(name))
      .map(({ path }) => `left: ${path}`),
    ...[...gits, world.origin].flatMap(gitLocks).map((path) => `left: ${path}`),
    ...locks
      .filter(({ path }) => spawnSync('flock', ['-n', path, 'true']).status === 1)
      .map(({ path }) => `held: ${path}`),
  ]);
}

function refsOf({ git }, below) {
  return git('for-each-ref', '--format=%(refname)', below)
    .split('\n')
    .filter(Boolean)
    .map((name) => name.slice(below.length));
}

function namesIn(folder) {
  return existsSync(folder) ? readdirSync(folder).toSorted() : [];
}

function gitLocks(folder) {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return UNLOCKED.has(`${basename(folder)}/${entry.name}`) ? [] : gitLocks(path);
    return entry.name.endsWith('.lock') ? [path] : [];
  });
}

function filesIn(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => ({ name, path: join(folder, name) }))
    .filter(({ path }) => statSync(path, { throwIfNoEntry: false })?.isFile() === true);
}
