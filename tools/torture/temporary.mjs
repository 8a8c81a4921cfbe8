// Folders in TMPDIR, named by the process that has made them, so that those of one that was killed can be told.
import { lstatSync, mkdtempSync, readdirSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const NAME = /^ralph-(?:torture|preload)-(\d+)-/;

/** Makes one and returns its path. */
export function temporaryFolder(purpose) {
  return realpathSync(mkdtempSync(join(tmpdir(), `ralph-${purpose}-${process.pid}-`)));
}

/** Returns the paths of those of this user that were made by processes that are no more. */
export function leftFolders() {
  return readdirSync(tmpdir())
    .filter((name) => isGone(Number(NAME.exec(name)?.[1] ?? process.pid)))
    .map((name) => join(tmpdir(), name))
    .filter((path) => lstatSync(path, { throwIfNoEntry: false })?.uid === process.getuid());
}

function isGone(pid) {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}
