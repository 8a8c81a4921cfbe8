import { dropFile } from '@ralph/protocol/process/drop-file';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { lightJson } from '@ralph/protocol/contract/light-json';
import * as z from 'zod';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { processIdentity } from '@ralph/protocol/contract/state-file';
import { isSafeTaskId } from '@ralph/protocol/contract/task-id';
import type { RecordedTree } from '@ralph/protocol/contract/tree-record';
import { namesIn } from '@ralph/protocol/process/names-in';
import { treeIn } from '@ralph/protocol/process/recorded-tree';
import { nextFilePath, sweepNextFiles } from '@ralph/protocol/process/next-file';
import { readTextIfPresent } from '@ralph/protocol/process/read-jsonc';
import { sharedRoot } from '@ralph/protocol/process/repository';

/** Who works on a task: the worker, and its agent from before the first instruction of that until its tree is gone. */
const seat = z.looseObject({
  task_id: z.string(),
  workspace_path: z.string().startsWith('/'),
  /** Tells this attempt's record from that of any other. */
  token: z.string(),
  owner: processIdentity,
});

export interface AgentRecord {
  readonly task_id: string;
  readonly workspace_path: string;
  readonly token: string;
  readonly owner: z.infer<typeof processIdentity>;
  readonly agent: RecordedTree | undefined;
}

function recordPath(repoRoot: string, taskId: string): string {
  return join(sharedRoot(repoRoot), RALPH_PATHS.agents, `${taskId}.json`);
}

/** Writes down who works on a task, in one step, for whoever finds the task after the worker was killed. */
export function writeAgentRecord(repoRoot: string, { agent: runs, ...of }: AgentRecord): void {
  const path = recordPath(repoRoot, of.task_id);
  mkdirSync(dirname(path), { recursive: true });
  const next = nextFilePath(path);
  try {
    writeFileSync(next, `${JSON.stringify({ ...of, ...runs })}\n`);
    renameSync(next, path);
  } catch (error) {
    dropFile(next);
    throw error;
  }
}

/**
 * Reads who works on a task; nothing when that is not written down, or makes no sense.
 *
 * @throws Failure `permission`, `io` when nobody can tell: an agent may live
 */
export function readAgentRecord(repoRoot: string, taskId: string): AgentRecord | undefined {
  const text = readTextIfPresent(recordPath(repoRoot, taskId));
  if (text === undefined) return undefined;
  try {
    const value: unknown = lightJson(text);
    const { data } = seat.safeParse(value);
    if (data === undefined || data.task_id !== taskId) return undefined;
    const { workspace_path, token, owner } = data;
    return { task_id: taskId, workspace_path, token, owner, agent: treeIn(value) };
  } catch {
    return undefined;
  }
}

/** A record, a request to stop, or a half of a record. */
const LEFT = /^(?:([^.].*)\.(?:json|stop)|\.(.+)\.(?:json|stop)\.\d+\.[0-9a-f]{16}\.next)$/;

/**
 * Returns the tasks of which it is or was written down who works on them, in order.
 *
 * @throws Failure `permission`, `io`
 */
export function recordedTasks(repoRoot: string): string[] {
  const names = namesIn(join(sharedRoot(repoRoot), RALPH_PATHS.agents));
  return [...new Set(names.flatMap((name) => LEFT.exec(name)?.slice(1).find(isSafe) ?? []))].toSorted();
}

function isSafe(taskId: string | undefined): boolean {
  return taskId !== undefined && isSafeTaskId(taskId);
}

/** Removes what killed processes have left beside the record of a task that we have claimed, and one that nobody can read. */
export function sweepAgentRecords(repoRoot: string, taskId: string): void {
  if (readAgentRecord(repoRoot, taskId) === undefined) removeAgentRecord(repoRoot, taskId);
  const path = recordPath(repoRoot, taskId);
  sweepNextFiles(path);
  sweepNextFiles(path.replace(/json$/, 'stop'));
}

/** Forgets who works on a task; never throws. What stays is swept by whoever takes the task next. */
export function removeAgentRecord(repoRoot: string, taskId: string): void {
  try {
    dropFile(recordPath(repoRoot, taskId));
  } catch {
    // It names nobody who lives.
  }
}
