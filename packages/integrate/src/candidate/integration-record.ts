import { lstatSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { lightJson } from '@ralph/protocol/contract/light-json';
import * as z from 'zod';
import { replaceFile } from '@ralph/protocol/process/durable-file';
import { readTextIfPresent } from '@ralph/protocol/process/read-jsonc';
import type { Workspace } from '../workspace/workspace.ts';

const integrationRecord = z.object({
  /** The attempt's own tip that the work began from. */
  tip: z.string(),
  /** The commit that was made of it to be pushed; null while it is being made. */
  head: z.string().nullable(),
  /** Every commit that was sent to the remote; one whose push was cut off may still arrive. */
  pushed: z.array(z.string()).default([]),
});

/** What tells our own rebased commits, after a crash, from those of somebody else. */
export type IntegrationRecord = z.infer<typeof integrationRecord>;

/** Tells whether no integration has got so far in this workspace as to move anything. */
export function hasNoRecord(workspace: Workspace): boolean {
  return lstatSync(recordPath(workspace), { throwIfNoEntry: false }) === undefined;
}

/** Returns the record of an earlier integration in this workspace; nothing when there is none that can be read. */
export function readRecord(workspace: Workspace): IntegrationRecord | undefined {
  const text = readTextIfPresent(recordPath(workspace));
  if (text === undefined) return undefined;
  try {
    return integrationRecord.safeParse(lightJson(text)).data;
  } catch {
    return undefined;
  }
}

export async function writeRecord(workspace: Workspace, record: IntegrationRecord): Promise<void> {
  await replaceFile(recordPath(workspace), JSON.stringify(record));
}

export function removeRecord(workspace: Workspace): void {
  rmSync(recordPath(workspace), { force: true });
}

/** In the git folder, so that it is never part of the work. */
function recordPath({ gitDir }: Workspace): string {
  return join(gitDir, 'ralph', 'integration.json');
}
