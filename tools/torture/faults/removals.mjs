// Things that are taken away while they are in use.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pick } from '../chance.mjs';
import { comesTrue } from '../wait.mjs';
import { striking } from './striking.mjs';

/** Workspaces come and go; one is waited for this long. */
const LOOK_MS = 3000;

const always = () => undefined;

/** Folders and files of the cache that the documents allow to be removed at any time. */
const CACHES = ['.ralph/cache/parallel/ci-passes', '.ralph/cache/quota'];

async function removeLock(world) {
  const path = join(world.root, '.ralph/loop.lock');
  if (!existsSync(path)) return 0;
  rmSync(path);
  return 1;
}

async function removeWorkspace(world, run, dice) {
  let names = [];
  const isThere = () => {
    names = existsSync(world.workspaces) ? readdirSync(world.workspaces).filter((name) => !name.startsWith('.')) : [];
    return names.length > 0 || run.hasEnded();
  };
  await comesTrue(isThere, LOOK_MS, world.signal);
  if (names.length === 0) return 0;
  const id = pick(names, dice);
  world.deleted.push({ id, attempt: attemptIn(join(world.workspaces, id)) ?? lastAttemptOf(world, id) });
  removeAll(join(world.workspaces, id));
  return 1;
}

/** As `rm -rf` does it: what somebody puts there meanwhile may stay. */
function removeAll(path) {
  try {
    rmSync(path, { recursive: true, force: true, maxRetries: 20 });
  } catch (error) {
    if (error.code !== 'ENOTEMPTY') throw error;
  }
}

/** The attempt of a workspace, as it says itself; nothing where an agent has removed that. */
function attemptIn(workspace) {
  try {
    return JSON.parse(readFileSync(join(workspace, '.git/ralph/workspace.json'), 'utf8')).attempt;
  } catch {
    return undefined;
  }
}

/** The last attempt of which anything was noted. */
function lastAttemptOf({ folder }, id) {
  const path = join(folder, 'journal');
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
  const of = lines.findLast((line) => line.split(' ')[1] === id)?.split(' ')[2];
  return of === undefined ? 0 : Number(of);
}

async function removeCaches(world) {
  const there = CACHES.map((path) => join(world.root, path)).filter((path) => existsSync(path));
  for (const path of there) removeAll(path);
  return there.length;
}

/** @type {readonly import('./list.mjs').Fault[]} */
export const REMOVALS = [
  striking('lock file deleted', 'removal', removeLock, always),
  striking('workspace deleted', 'removal', removeWorkspace, always),
  striking('caches deleted', 'removal', removeCaches, always),
];
