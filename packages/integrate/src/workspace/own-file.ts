import { closeSync, existsSync, lstatSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { commandLine } from '@ralph/protocol/cli/shell-words';
import { Failure } from '@ralph/protocol/contract/failure';
import { replaceFile } from '@ralph/protocol/process/durable-file';
import type { Workspace } from './workspace.ts';

/**
 * Writes a file of ours into a workspace, in one step; only the user can read it. A link in its place is replaced.
 *
 * @throws Failure `workspace_dirty` when the way there leads through a symlink, `workspace_missing` when somebody has taken
 *   the workspace away, `disk_full`, `permission`, `io`
 */
export async function writeOwnFile(workspace: Workspace, path: string, text: string): Promise<void> {
  const link = linkOnTheWay(workspace, path);
  if (link !== undefined) {
    throw new Failure('workspace_dirty', `${link} is a symlink: nothing is written through it`, {
      hint: commandLine(['ls', '-l', link]),
    });
  }
  if (!existsSync(workspace.path)) throw new Failure('workspace_missing', `the workspace is gone: ${workspace.path}`);
  mkdirSync(dirname(path), { recursive: true });
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true) rmSync(path);
  // The mode stays that of the file that is replaced.
  closeSync(openSync(path, 'a', 0o600));
  await replaceFile(path, text);
}

/** Removes a file or folder of ours from a workspace; what is behind a link is not ours. */
export function removeOwn(workspace: Workspace, path: string): void {
  if (linkOnTheWay(workspace, path) === undefined) rmSync(path, { recursive: true, force: true });
}

/** Returns a symlink among the folders on the way to a file of ours: an agent may have put one there, to lead us elsewhere. */
export function linkOnTheWay({ path: root }: Workspace, path: string): string | undefined {
  for (let step = dirname(path); step.length > root.length; step = dirname(step)) {
    if (lstatSync(step, { throwIfNoEntry: false })?.isSymbolicLink() === true) return step;
  }
  return undefined;
}
