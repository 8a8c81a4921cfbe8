import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { dropFile } from '@ralph/protocol/process/drop-file';
import { namesIn } from '@ralph/protocol/process/names-in';
import { openFilesIn } from '@ralph/protocol/process/open-files';

/** What git writes an object, a pack or what belongs to a pack into, before it has its name. */
const UNFINISHED = /^tmp_[a-z]+_\w{6}$/;

/** Far longer than git needs between its last byte and the name; it is at work where we cannot see it, too (containers, NFS). */
const LEFT_MS = 60 * 60 * 1000;

/**
 * Removes what killed gits have left half-written among the objects of a repository, as git does by itself after two weeks:
 * what nobody has open, and nobody has written to for an hour. Our gits write straight into the user's repository. Linux only;
 * elsewhere it is left to git.
 *
 * @param objects the folder of the objects
 * @param now milliseconds since 1970
 * @returns how many files it has removed; what cannot be removed stays
 */
export function removeLeftObjects(objects: string, now = Date.now()): number {
  try {
    const folders = namesIn(objects).filter((name) => name === 'pack' || /^[0-9a-f]{2}$/.test(name));
    return folders.reduce((sum, name) => sum + removeLeftIn(join(objects, name), now), 0);
  } catch {
    // Of another user, perhaps. Nothing depends on it.
    return 0;
  }
}

function removeLeftIn(folder: string, now: number): number {
  const old = namesIn(folder).filter((name) => UNFINISHED.test(name) && isOld(join(folder, name), now));
  if (old.length === 0) return 0;
  const open = openFilesIn(folder);
  const left = open === undefined ? [] : old.filter((name) => !open.has(name));
  for (const name of left) dropFile(join(folder, name));
  return left.length;
}

function isOld(path: string, now: number): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats?.isFile() === true && now - stats.mtimeMs > LEFT_MS;
}
