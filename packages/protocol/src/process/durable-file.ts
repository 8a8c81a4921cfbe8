import {
  closeSync,
  existsSync,
  fsyncSync,
  lstatSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  type Stats,
} from 'node:fs';
import { dirname } from 'node:path';
import { asIoFailure } from '../contract/failure.ts';
import { stampOf } from './file-stamp.ts';
import { makeFolderOf } from './made-folder.ts';
import { nextFilePath } from './next-file.ts';
import { syncFolder } from './sync-folder.ts';
import { writeWhole } from './write-whole.ts';

export interface FileOptions {
  /** Rights of the file where there was none. */
  readonly mode?: number;
}

/**
 * Replaces a file so that a reader, and a crash at any instant, finds the old or the new content, whole. The new
 * content is written to a next file in the same folder, its size is checked, and only then is it renamed into place; file
 * and folder are synced. A symlink stays and its target is replaced, with the mode that it had. The good file is never
 * handed to a writer.
 *
 * @returns the stamp of the new file; nothing when another has taken its place already
 * @throws Failure `disk_full`, `permission` or `io`; the file is then as it was
 */
export async function replaceFile(
  path: string,
  content: string | Buffer,
  { mode }: FileOptions = {},
): Promise<string | undefined> {
  const { default: writeFileAtomic } = await import('write-file-atomic');
  let next: string | undefined;
  try {
    const { target, stats: old } = placeOf(path);
    next = nextFilePath(target);
    writeFileAtomic.sync(next, content, { fsync: true, ...(mode === undefined ? {} : { mode }), ...ownership(old) });
    const { size, ino } = statSync(next, { bigint: true });
    if (size !== BigInt(Buffer.byteLength(content))) writeAgain(next, Buffer.from(content));
    renameSync(next, target);
    syncFolder(dirname(target));
    const stats = statSync(target, { bigint: true, throwIfNoEntry: false });
    return stats?.ino === ino ? stampOf(stats) : undefined;
  } catch (error) {
    if (next !== undefined) dropNext(next);
    throw asIoFailure(error, `write ${path}`);
  }
}

/**
 * The library writes once, and does not look how much of it was taken: a signal may have come in between, and a disk that is
 * full says so to the next write only.
 */
function writeAgain(next: string, content: Buffer): void {
  const fd = openSync(next, 'r+');
  try {
    writeWhole(fd, content);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** What went wrong first is what is told; a next file that stays is swept later. */
function dropNext(next: string): void {
  try {
    rmSync(next, { force: true });
  } catch {
    // See above.
  }
}

/** Returns the file to replace, through a symlink, as it is now; makes its folder where there is none. */
function placeOf(path: string): { readonly target: string; readonly stats?: Stats } {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) {
    makeFolderOf(path);
    return { target: path };
  }
  if (!found.isSymbolicLink()) return { target: path, stats: found };
  if (!existsSync(path)) return { target: path };
  const target = realpathSync(path);
  return { target, stats: statSync(target) };
}

/** Root writes for others: the file stays theirs. */
function ownership(stats: Stats | undefined): { mode?: number; chown?: { uid: number; gid: number } } {
  if (stats === undefined) return {};
  const { uid, gid, mode } = stats;
  return { mode: mode & 0o7777, ...(process.getuid?.() === 0 ? { chown: { uid, gid } } : {}) };
}
