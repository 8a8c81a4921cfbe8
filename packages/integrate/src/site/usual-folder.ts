import { basename, dirname, join } from 'node:path';

/** Returns the folder in which ralph-worker makes workspaces unless it is told otherwise. */
export function usualFolder(root: string): string {
  return join(dirname(root), '.workspaces', basename(root), 'parallel');
}
