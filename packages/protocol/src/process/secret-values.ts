import { closeSync, constants, fstatSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readAgain } from './read-again.ts';
import { envSecrets } from '../cli/env-secrets.ts';
import { SECRET_EXAMPLES } from '../contract/paths.ts';

const FILE_LIMIT_BYTES = 256 * 1024;
const FOLDERS_LIMIT = 200;
const DEEPEST = 2;
/** Folders full of other people's files. */
const NOT_OURS = new Set(['.git', 'node_modules', 'target', 'dist', 'build', 'vendor', '.venv', '__pycache__']);
const EXAMPLES: ReadonlySet<string> = new Set(SECRET_EXAMPLES);

/**
 * Returns the paths of the `.env` files in a folder, relative to it: of its top and of the first 200 folders in the two
 * levels below. What cannot be read has none.
 */
export function secretFiles(root: string): string[] {
  const files: string[] = [];
  const folders: { path: string; depth: number }[] = [{ path: '', depth: 0 }];
  for (let n = 0; n < folders.length; n += 1) {
    const { path, depth } = folders[n] ?? { path: '', depth: 0 };
    for (const entry of entriesOf(join(root, path))) {
      const below = join(path, entry.name);
      if (entry.isDirectory()) {
        const isNext = depth < DEEPEST && folders.length < FOLDERS_LIMIT && !NOT_OURS.has(entry.name);
        if (isNext) folders.push({ path: below, depth: depth + 1 });
      } else if (isSecretFile(entry.name)) files.push(below);
    }
  }
  return files;
}

/** Returns the paths of the `.env` files at the top of a folder, relative to it. */
export function topSecretFiles(root: string): string[] {
  return entriesOf(root).flatMap((entry) => (!entry.isDirectory() && isSecretFile(entry.name) ? [entry.name] : []));
}

/** Returns the secret values of `.env` files; one that is no plain file or cannot be read has none. */
export function secretValues(root: string, files: readonly string[]): string[] {
  return files.flatMap((file) => envSecrets(readStart(join(root, file))));
}

function isSecretFile(name: string): boolean {
  return name.startsWith('.env') && !EXAMPLES.has(name);
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function readStart(path: string): string {
  let fd: number | undefined;
  try {
    // A pipe of that name must not make us wait.
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    if (!fstatSync(fd).isFile()) return '';
    const bytes = Buffer.alloc(Math.min(fstatSync(fd).size, FILE_LIMIT_BYTES));
    return bytes.toString('utf8', 0, readAgain(fd, bytes, 0, bytes.length, 0));
  } catch {
    return '';
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
