import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { asIoFailure, Failure } from '@ralph/protocol/contract/failure';
import { writeWhole } from '@ralph/protocol/process/write-whole';

/**
 * Copies files, byte for byte and durably, into a new folder named after the time.
 *
 * @param home where such folders stand; it is made where it is missing
 * @returns the copy of each file, by its path
 * @throws Failure `disk_full`, `permission` or `io`; no copy is left behind then
 */
export function keepCopies(home: string, files: readonly string[], now: Date): ReadonlyMap<string, string> {
  const copies = new Map<string, string>();
  if (files.length === 0) return copies;
  let folder: string | undefined;
  try {
    const made = mkdirSync(home, { recursive: true });
    folder = newFolder(home, now.toISOString().replaceAll(':', '-'));
    for (const file of files) {
      const copy = join(folder, basename(file));
      copyWhole(file, copy);
      copies.set(file, copy);
    }
    for (let at = folder; ; at = dirname(at)) {
      syncFolder(at);
      if (at === dirname(made ?? home) || at === dirname(at)) break;
    }
    return copies;
  } catch (error) {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    throw asIoFailure(error, `keep a copy under ${home}`);
  }
}

function newFolder(home: string, name: string): string {
  for (let turn = 1; ; turn += 1) {
    const folder = join(home, turn === 1 ? name : `${name}-${turn}`);
    try {
      mkdirSync(folder);
      return folder;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

function copyWhole(from: string, to: string): void {
  const bytes = readFileSync(from);
  const descriptor = openSync(to, 'wx', statSync(from).mode & 0o777);
  try {
    writeWhole(descriptor, bytes);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  if (!readFileSync(to).equals(bytes)) throw new Failure('disk_full', `cannot write ${to}: it came out short`);
}

function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
