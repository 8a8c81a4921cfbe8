import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { findGitRepository } from '@ralph/protocol/process/repository';

const folders = new Map<string, string>();

/** Returns the git folder of the main repository, which stays the same as long as we run; it is looked for once. */
export function gitFolderOf(root: string): string {
  const folder = folders.get(root) ?? findGitRepository(root).gitDir;
  folders.set(root, folder);
  return folder;
}

const objects = new Map<string, string>();

/** Returns the real path of the folder in which the main repository keeps its objects. */
export function objectsOf(root: string): string {
  const folder = objects.get(root) ?? realpathSync(join(gitFolderOf(root), 'objects'));
  objects.set(root, folder);
  return folder;
}
