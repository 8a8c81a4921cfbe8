import { existsSync, mkdirSync, rmdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { asIoFailure } from '../contract/failure.ts';
import { syncFolder } from './sync-folder.ts';

/**
 * Makes the folder of a file where it is missing, durably; returns the first folder that had to be made, or nothing.
 *
 * @throws Failure `permission`, `disk_full` or `io`
 */
export function makeFolderOf(path: string): string | undefined {
  const folder = dirname(path);
  if (existsSync(folder)) return undefined;
  try {
    mkdirSync(folder);
    syncFolder(dirname(folder));
    return folder;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return undefined;
    if (code !== 'ENOENT') throw asIoFailure(error, `make the folder of ${path}`);
  }
  try {
    // By itself it would report a read-only file system as a missing folder.
    const made = mkdirSync(folder, { recursive: true });
    for (let at = folder; made !== undefined && at.length >= made.length; at = dirname(at)) syncFolder(dirname(at));
    return made;
  } catch (error) {
    throw asIoFailure(error, `make the folder of ${path}`);
  }
}

/** Removes the folders that `makeFolderOf` made for a file that came to nothing; what is not empty stays. */
export function removeMadeFolder(path: string, made: string | undefined): void {
  if (made === undefined) return;
  try {
    for (let folder = dirname(path); folder.length >= made.length; folder = dirname(folder)) rmdirSync(folder);
  } catch {
    // Somebody else has put something there.
  }
}
