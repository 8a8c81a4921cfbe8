import { existsSync, lstatSync, readdirSync, realpathSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { dropFile } from './drop-file.ts';
import { isYounger } from './process-age.ts';
import { identityOf } from './process-identity.ts';
import { randomHex } from './random-hex.ts';

const NEXT_FILE = /\.(\d+)\.[0-9a-f]{16}\.next(?:\.\d+)?$/;

/** Returns a new name beside a file for content that is to take its place, or to become it. */
export function nextFilePath(path: string): string {
  return join(dirname(path), `.${basename(path)}.${process.pid}.${randomHex(8)}.next`);
}

/** Tells whether a name is one that `nextFilePath` gives: that of a file which is being written, or of what a killed writer left. */
export function isNextName(name: string): boolean {
  return writerOf(name) !== undefined;
}

/** Returns the number of the process that a name says it is written by. */
function writerOf(name: string): number | undefined {
  const pid = name.startsWith('.') ? NEXT_FILE.exec(name)?.[1] : undefined;
  return pid === undefined ? undefined : Number(pid);
}

/**
 * Returns the paths of what killed writers left beside a file; none where the folder is missing. Only under the lock that
 * writers of this file take is it sure that nobody's next file is among them.
 *
 * @throws the error of the system when the folder cannot be read
 */
export function leftNextFiles(path: string): string[] {
  const folder = dirname(path);
  const prefix = `.${basename(path)}.`;
  const names = namesIn(folder).filter((name) => name.startsWith(prefix) && NEXT_FILE.test(name));
  // What is no regular file was made by nobody of us.
  const paths = names.toSorted().map((name) => join(folder, name));
  return paths.filter((each) => lstatSync(each, { throwIfNoEntry: false })?.isFile() === true);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
}

/**
 * Removes what killed writers left beside a file, or beside what a link at its place leads to. To be called under the lock that writers of this file take, since
 * then nobody's next file is in use.
 */
export function sweepNextFiles(path: string): void {
  const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  const places = isLink && existsSync(path) ? [realpathSync(path), path] : [path];
  for (const left of new Set(places.flatMap(leftNextFiles))) rmSync(left, { force: true });
}

/**
 * Removes what killed writers left beside a file that is written without a lock: what names a process that is gone. Never
 * throws; what cannot be removed stays.
 */
export function sweepLeftBeside(path: string): void {
  try {
    for (const left of leftNextFiles(path)) dropWhereGone(left);
  } catch {
    // No right to look or to write there.
  }
}

/**
 * Removes what killed writers left in a folder whose files are written without a lock: what names a process that is gone.
 * Never throws; what cannot be removed stays.
 */
export function sweepLeftIn(folder: string): void {
  try {
    for (const name of readdirSync(folder)) dropWhereGone(join(folder, name));
  } catch {
    // No folder, or no right to look or to write there.
  }
}

function dropWhereGone(path: string): void {
  const pid = writerOf(basename(path));
  if (pid === undefined) return;
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isFile() === true && isGone(pid, Date.now() - stats.mtimeMs)) dropFile(path);
}

/** The number of a writer that is gone may be that of another process by now, which is younger than the file. */
function isGone(pid: number, ageMs: number): boolean {
  return identityOf(pid) === undefined || isYounger(pid, ageMs);
}
