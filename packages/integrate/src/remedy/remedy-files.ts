import { dirname, join } from 'node:path';
import type { CiFailureMarker } from '@ralph/protocol/contract/handoff';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import type { Candidate } from '../candidate/candidate.ts';
import { removeOwn, writeOwnFile } from '../workspace/own-file.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** Returns where the packet of a try is. */
function handoffPath({ path }: Workspace, { taskId }: Candidate, attempt: number): string {
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
  await writeOwnFile(workspace, path, text);
  return path;
}

/** Says in the workspace which gate kept its work from landing. */
export async function writeCiMarker(workspace: Workspace, marker: CiFailureMarker): Promise<void> {
  const path = join(workspace.path, RALPH_PATHS.ciFailureMarker);
  await writeOwnFile(workspace, path, `${JSON.stringify(marker, null, 2)}\n`);
}

/** Removes the marker of a red gate (reference: M50). */
export function removeCiMarker(workspace: Workspace): void {
  removeOwn(workspace, join(workspace.path, RALPH_PATHS.ciFailureMarker));
}

/** Removes the packets of an earlier integration. */
export function removeHandoffs(workspace: Workspace, candidate: Candidate): void {
  removeOwn(workspace, dirname(handoffPath(workspace, candidate, 1)));
}
