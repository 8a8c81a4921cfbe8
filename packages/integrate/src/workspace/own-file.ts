import { closeSync, existsSync, lstatSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { commandLine } from '@ralph/protocol/cli/shell-words';
import { Failure } from '@ralph/protocol/contract/failure';
import { replaceFile } from '@ralph/protocol/process/durable-file';
import { linkOnTheWay } from '@ralph/protocol/process/workspace-file';
import type { Workspace } from './workspace.ts';

/**
 * Writes a file of ours into a workspace, in one step; only the user can read it. A link or a pipe in its place is replaced.
 *
 * @throws Failure `workspace_dirty` when the way there leads through a symlink, `workspace_missing` when somebody has taken
 *   the workspace away, `disk_full`, `permission`, `io`
 */
export async function writeOwnFile(workspace: Workspace, path: string, text: string): Promise<void> {
  const link = linkOnTheWay(workspace.path, path);
  if (link !== undefined) {
    throw new Failure('workspace_dirty', `${link} is a symlink: nothing is written through it`, {
      hint: commandLine(['ls', '-l', link]),
    });
  }
  if (!existsSync(workspace.path)) throw new Failure('workspace_missing', `the workspace is gone: ${workspace.path}`);
  mkdirSync(dirname(path), { recursive: true });
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found !== undefined && !found.isFile() && !found.isDirectory()) rmSync(path);
  // The mode stays that of the file that is replaced.
  closeSync(openSync(path, 'a', 0o600));
  await replaceFile(path, text);
}

/** Removes a file or folder of ours from a workspace; what is behind a link is not ours. */
export function removeOwn(workspace: Workspace, path: string): void {
  if (linkOnTheWay(workspace.path, path) === undefined) rmSync(path, { recursive: true, force: true });
}
