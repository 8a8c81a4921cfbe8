import { dropFile } from '@ralph/protocol/process/drop-file';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { nextFilePath } from '@ralph/protocol/process/next-file';
import { readTextIfPresent } from '@ralph/protocol/process/read-jsonc';
import { readAgentRecord, type AgentRecord } from './agent-record.ts';
import { sharedRoot } from '@ralph/protocol/process/repository';

function requestPath(repoRoot: string, taskId: string): string {
  return join(sharedRoot(repoRoot), RALPH_PATHS.agents, `${taskId}.stop`);
}

/** Asks the worker of a record to tell the end of its agent as asked for. It signals nobody on the word of this. */
export function requestStop(repoRoot: string, { task_id, token }: AgentRecord): void {
  const path = requestPath(repoRoot, task_id);
  mkdirSync(dirname(path), { recursive: true });
  const next = nextFilePath(path);
  writeFileSync(next, `${token}\n`);
  // In one step: the worker may look at any moment.
  renameSync(next, path);
}

/** Tells whether the attempt that is written down as a task's was asked to stop. */
export function isStopRequested(repoRoot: string, taskId: string): boolean {
  try {
    const asked = readTextIfPresent(requestPath(repoRoot, taskId));
    return asked !== undefined && asked.trim() === readAgentRecord(repoRoot, taskId)?.token;
  } catch {
    return false;
  }
}

/** Forgets a request; never throws. */
export function removeStopRequest(repoRoot: string, taskId: string): void {
  try {
    dropFile(requestPath(repoRoot, taskId));
  } catch {
    // It names an attempt that is over.
  }
}
