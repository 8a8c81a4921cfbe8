import { lstatSync } from 'node:fs';
import { resolve } from 'node:path';

const NOT_THERE = ['ENOENT', 'ENOTDIR'];

/**
 * Tells whether the workspace that a record names is still there: any kind of file counts, and one that cannot be
 * looked at counts too, since what it holds is not known.
 *
 * @param root what a relative path starts from: the root of the repository
 */
export function workspaceIsThere(root: string, path: string): boolean {
  if (path === '') return false;
  try {
    lstatSync(resolve(root, path));
    return true;
  } catch (error) {
    return !NOT_THERE.includes((error as NodeJS.ErrnoException).code ?? '');
  }
}
