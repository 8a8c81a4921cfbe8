import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { BlockedMarker } from '@ralph/protocol/contract/blocked-marker';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { removeOwn, writeOwnFile } from '../workspace/own-file.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** Tells whether the workspace was kept for a person (reference: part A13). */
export function hasMarker({ path }: Workspace): boolean {
  return existsSync(join(path, RALPH_PATHS.blockedMarker));
}

export async function writeMarker(workspace: Workspace, marker: BlockedMarker): Promise<void> {
  await writeOwnFile(
    workspace,
    join(workspace.path, RALPH_PATHS.blockedMarker),
    `${JSON.stringify(marker, null, 2)}\n`,
  );
}

export function removeMarker(workspace: Workspace): void {
  removeOwn(workspace, join(workspace.path, RALPH_PATHS.blockedMarker));
}
