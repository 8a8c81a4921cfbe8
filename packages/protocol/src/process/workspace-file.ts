import { closeSync, constants, fstatSync, lstatSync, openSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { readOpenFile } from './read-open-file.ts';
import { writeWhole } from './write-whole.ts';

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR } = constants;

/**
 * Returns a symlink among the folders on the way from a workspace to a file in it: an agent may have put one there, to lead
 * us elsewhere.
 *
 * @param root the workspace, which is not looked at itself
 */
export function linkOnTheWay(root: string, path: string): string | undefined {
  for (let step = dirname(path); step.length > root.length; step = dirname(step)) {
    if (lstatSync(step, { throwIfNoEntry: false })?.isSymbolicLink() === true) return step;
  }
  return undefined;
}

/**
 * Makes a file. Whatever stands in its place goes, a link or a pipe too; the way there is for the caller to look at, with
 * `linkOnTheWay`.
 *
 * @param mode its rights, less what the umask takes
 * @returns the open file, to be read from its beginning; to be closed by the caller
 * @throws the error of the system
 */
export function makeAnew(path: string, text: string, mode: number): number {
  rmSync(path, { recursive: true, force: true });
  const file = openSync(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
  try {
    writeWhole(file, Buffer.from(text));
    return file;
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

/**
 * Returns the text of a plain file; nothing for what is none or cannot be opened. No link in its place is followed, and no
 * pipe is waited for.
 *
 * @param mostBytes what is larger is not read
 * @throws the error of the system
 */
export function plainText(path: string, mostBytes: number): string | undefined {
  let file: number;
  try {
    file = openSync(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW);
  } catch {
    return undefined;
  }
  try {
    const stats = fstatSync(file);
    return stats.isFile() && stats.size <= mostBytes ? readOpenFile(file, stats.size).toString() : undefined;
  } finally {
    closeSync(file);
  }
}
