import { lstatSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Failure } from '@ralph/protocol/contract/failure';
import type { CiFailureMarker } from '@ralph/protocol/contract/handoff';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { replaceFile } from '@ralph/protocol/process/durable-file';
import { commandLine } from '@ralph/protocol/cli/shell-words';
import type { Candidate } from '../candidate/candidate.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** Returns where the packet of a try is. */
export function handoffPath({ path }: Workspace, { taskId }: Candidate, attempt: number): string {
  return join(path, RALPH_PATHS.handoffs, taskId, `attempt_${attempt}.json`);
}

/**
 * Writes the packet of a try.
 *
 * @returns where it is
 * @throws Failure `workspace_dirty` when the way there leads through a symlink, `disk_full`, `permission`, `io`
 */
export async function writeHandoff(
  workspace: Workspace,
  candidate: Candidate,
  attempt: number,
  text: string,
): Promise<string> {
  const path = handoffPath(workspace, candidate, attempt);
  await writeOwn(workspace, path, text);
  return path;
}

/** Says in the workspace which gate kept its work from landing. */
export async function writeCiMarker(workspace: Workspace, marker: CiFailureMarker): Promise<void> {
  const path = join(workspace.path, RALPH_PATHS.ciFailureMarker);
  await writeOwn(workspace, path, `${JSON.stringify(marker, null, 2)}\n`);
}

/** Removes the marker of a red gate (reference: M50). */
export function removeCiMarker(workspace: Workspace): void {
  const path = join(workspace.path, RALPH_PATHS.ciFailureMarker);
  if (linkOnTheWay(workspace, path) === undefined) rmSync(path, { force: true });
}

/** Removes the packets of an earlier integration. */
export function removeHandoffs(workspace: Workspace, candidate: Candidate): void {
  const folder = dirname(handoffPath(workspace, candidate, 1));
  if (linkOnTheWay(workspace, folder) === undefined) rmSync(folder, { recursive: true, force: true });
}

async function writeOwn(workspace: Workspace, path: string, text: string): Promise<void> {
  const link = linkOnTheWay(workspace, path);
  if (link !== undefined) {
    throw new Failure('workspace_dirty', `${link} is a symlink: nothing is written through it`, {
      hint: commandLine(['ls', '-l', link]),
    });
  }
  mkdirSync(dirname(path), { recursive: true });
  rmSync(path, { force: true });
  await replaceFile(path, text);
}

/** An agent may have put one there, to have us write elsewhere. */
function linkOnTheWay({ path: root }: Workspace, path: string): string | undefined {
  for (let step = dirname(path); step.length > root.length; step = dirname(step)) {
    if (lstatSync(step, { throwIfNoEntry: false })?.isSymbolicLink() === true) return step;
  }
  return undefined;
}
