import { readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { randomHex } from './random-hex.ts';

const NEXT_FILE = /\.(\d+)\.[0-9a-f]{16}\.next(?:\.\d+)?$/;

/** Returns a new name beside a file for content that is to take its place, or to become it. */
export function nextFilePath(path: string): string {
  return join(dirname(path), `.${basename(path)}.${process.pid}.${randomHex(8)}.next`);
}

/**
 * Removes what killed writers left beside a file. To be called under the lock that writers of this file take, since
 * then nobody's next file is in use.
 */
export function sweepNextFiles(path: string): void {
  const folder = dirname(path);
  const prefix = `.${basename(path)}.`;
  for (const name of readdirSync(folder)) {
    if (name.startsWith(prefix) && NEXT_FILE.test(name)) rmSync(join(folder, name), { force: true });
  }
}
