import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { bytesOfFile } from '@ralph/protocol/process/read-open-file';
import { asIoFailure, Failure } from '@ralph/protocol/contract/failure';
import { makeFolderOf } from '@ralph/protocol/process/made-folder';
import { syncFolder } from '@ralph/protocol/process/sync-folder';
import { writeWhole } from '@ralph/protocol/process/write-whole';

/** Ends the name of a folder whose copies are not all there yet. */
const UNFINISHED = '.part';

/**
 * Copies files, byte for byte and durably, into a new folder named after the time. To be called under the write lock:
 * folders that a killed repair has not finished are removed.
 *
 * @param home where such folders stand; it is made where it is missing
 * @returns the copy of each file, by its path
 * @throws Failure `disk_full`, `permission` or `io`; no copy is left behind then
 */
export function keepCopies(home: string, files: readonly string[], now: Date): ReadonlyMap<string, string> {
  if (files.length === 0) return new Map();
  const folder = freeName(join(home, now.toISOString().replaceAll(':', '-')));
  const unfinished = `${folder}${UNFINISHED}`;
  try {
    makeFolderOf(unfinished);
    for (const name of readdirSync(home)) {
      if (name.endsWith(UNFINISHED)) rmSync(join(home, name), { recursive: true });
    }
    mkdirSync(unfinished);
    for (const file of files) copyWhole(file, join(unfinished, basename(file)));
    syncFolder(unfinished);
    renameSync(unfinished, folder);
    syncFolder(home);
    return new Map(files.map((file) => [file, join(folder, basename(file))]));
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    throw asIoFailure(error, `keep a copy under ${home}`);
  }
}

function freeName(path: string): string {
  for (let turn = 1; ; turn += 1) {
    const name = turn === 1 ? path : `${path}-${turn}`;
    if (!existsSync(name)) return name;
  }
}

function copyWhole(from: string, to: string): void {
  const bytes = bytesOfFile(from);
  const descriptor = openSync(to, 'wx', statSync(from).mode & 0o777);
  try {
    writeWhole(descriptor, bytes);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  if (!bytesOfFile(to).equals(bytes)) throw new Failure('disk_full', `cannot write ${to}: it came out short`);
}
