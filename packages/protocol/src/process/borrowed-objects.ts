import { realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readTextIfPresent } from './read-jsonc.ts';

/**
 * Returns the file by which a repository borrows the objects of another, and what that borrows itself: git follows only
 * five steps from one to the next, and a workspace would be one more.
 */
export function alternatesText(objects: string): string {
  return borrowedFolders(objects)
    .map((folder) => `${folder.includes('\n') ? quotedForGit(folder) : folder}\n`)
    .join('');
}

/** Returns a folder of objects and those that it borrows from, through any number of steps; real paths. */
export function borrowedFolders(objects: string): string[] {
  const folders = new Set<string>();
  addFolder(objects, folders);
  return [...folders];
}

function addFolder(path: string, folders: Set<string>): void {
  const folder = realPathOf(path);
  if (folder === undefined || folders.has(folder)) return;
  folders.add(folder);
  for (const line of (readTextIfPresent(join(folder, 'info/alternates')) ?? '').split('\n')) {
    if (line !== '' && !line.startsWith('#')) addFolder(resolve(folder, unquoted(line)), folders);
  }
}

/** One that is gone is git's to complain of. */
function realPathOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

/** Returns a path as git writes it between quotes, where a colon or a line end would end it otherwise. */
export function quotedForGit(path: string): string {
  return `"${path.replaceAll(/["\\]/g, String.raw`\$&`).replaceAll('\n', String.raw`\n`)}"`;
}

function unquoted(line: string): string {
  if (!line.startsWith('"')) return line;
  return line.slice(1, -1).replaceAll(/\\(n|.)/g, (_, sign: string) => (sign === 'n' ? '\n' : sign));
}
