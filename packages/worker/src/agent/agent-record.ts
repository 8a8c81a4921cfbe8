import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import type { ProcessIdentity } from '@ralph/protocol/contract/state-file';
import { readTextIfPresent } from '@ralph/protocol/process/read-jsonc';

/** The process that an agent was started as; it leads the group of the agent. */
const agentRecord = z.looseObject({
  pid: z.int().min(2),
  start_time: z.string(),
  boot_id: z.string(),
});

function recordPath(workspace: string): string {
  return join(workspace, '.git/ralph/agent.json');
}

/** Writes down who the agent of a workspace is, for whoever finds the workspace after the worker was killed. */
export function writeAgentRecord(workspace: string, identity: ProcessIdentity): void {
  const path = recordPath(workspace);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(identity)}\n`);
}

/** Reads who the last agent of a workspace was; nothing when that is not written down so that it can be read. */
export function readAgentRecord(workspace: string): ProcessIdentity | undefined {
  try {
    const value: unknown = JSON.parse(readTextIfPresent(recordPath(workspace)) ?? 'null');
    return agentRecord.safeParse(value).data;
  } catch {
    return undefined;
  }
}
