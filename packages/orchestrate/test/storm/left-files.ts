import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { gitLockFiles } from '@ralph/protocol/process/git-lock-files';
import type { World } from './world.ts';

/** What git writes an object into before it has its name. */
const UNFINISHED = /(?:^|\/)tmp_[^/]*$/;

/** Files that stay where they are: the lock is on them, not they themselves. */
const LOCK_FILE = /^loop\.lock$|^cache\/parallel\/state\.lock$|^ralph-ports-\d+\/\d+\.lock$/;

const TEMPORARY = /\.next(?:\.\d+)?$|\.tmp$|\.lock$|\/(?:claims|agents)\//;

/** Returns temporary files, claims and locks that are left or held in a world. */
export function leftFiles({ root, origin, workspaces, folder }: World): string[] {
  const own = join(root, '.ralph');
  const temporary = join(folder, 'tmp');
  const gits = [root, ...namesIn(workspaces).map((name) => join(workspaces, name))].map((path) => join(path, '.git'));
  const lockFiles = [own, temporary].flatMap((path) => filesIn(path).filter((file) => LOCK_FILE.test(file.name)));
  return [
    ...filesIn(own).filter(({ name }) => TEMPORARY.test(name) && !LOCK_FILE.test(name)),
    ...filesIn(temporary).filter(({ name }) => !LOCK_FILE.test(name)),
    ...[...gits, origin].flatMap((path) => filesIn(path).filter(({ name }) => UNFINISHED.test(name))),
  ]
    .map(({ path }) => `left: ${path}`)
    .concat([...gits, origin].flatMap((path) => gitLockFiles(path)).map((path) => `left: ${path}`))
    .concat(lockFiles.filter(({ path }) => isHeld(path)).map(({ path }) => `held: ${path}`));
}

/** Lets an hour go by for what a killed git has left among the objects of the repository: then a run may remove it. */
export function ageUnfinishedObjects({ root }: World): void {
  const before = Date.now() / 1000 - 2 * 60 * 60;
  for (const { name, path } of filesIn(join(root, '.git/objects')))
    if (UNFINISHED.test(name)) utimesSync(path, before, before);
}

function isHeld(path: string): boolean {
  return spawnSync('flock', ['-n', path, 'true']).status !== 0;
}

function filesIn(folder: string): { readonly name: string; readonly path: string }[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8', withFileTypes: false })
    .map((name) => ({ name, path: join(folder, name) }))
    .filter(({ path }) => existsSync(path) && !isFolder(path));
}

function isFolder(path: string): boolean {
  return existsSync(`${path}/.`);
}

/** Returns the names in a folder, in order; none where it is missing. */
export function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).toSorted() : [];
}
