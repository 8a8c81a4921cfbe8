import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { lightJson } from '../contract/light-json.ts';
import type { ProcessIdentity } from '../contract/state-file.ts';
import { RALPH_PATHS } from '../contract/paths.ts';
import { isSafeTaskId } from '../contract/task-id.ts';
import { gateRecord, type RecordedTree } from '../contract/tree-record.ts';
import { dropFile } from './drop-file.ts';
import { namesIn } from './names-in.ts';
import { nextFilePath, sweepNextFiles } from './next-file.ts';
import { readTextIfPresent } from './read-jsonc.ts';
import { treeIn } from './recorded-tree.ts';
import { sharedRoot } from './repository.ts';

export interface GateRecord {
  readonly task_id: string;
  readonly workspace_path: string;
  /** Who judges by them. */
  readonly owner: ProcessIdentity;
  readonly gates: readonly RecordedTree[];
}

function recordPath(repoRoot: string, taskId: string): string {
  return join(sharedRoot(repoRoot), RALPH_PATHS.agents, `${taskId}.gate`);
}

/**
 * Writes down which gates run for a task that we have claimed, in one step, for whoever finds them after we were killed.
 *
 * @throws the error of the system
 */
export function writeGateRecord(repoRoot: string, record: GateRecord): void {
  const path = recordPath(repoRoot, record.task_id);
  mkdirSync(dirname(path), { recursive: true });
  const next = nextFilePath(path);
  try {
    writeFileSync(next, `${JSON.stringify(record)}\n`);
    renameSync(next, path);
  } catch (error) {
    dropFile(next);
    throw error;
  }
}

/**
 * Reads which gates run for a task; nothing when that is not written down, or makes no sense.
 *
 * @throws Failure `permission`, `io` when nobody can tell: a gate may live
 */
export function readGateRecord(repoRoot: string, taskId: string): GateRecord | undefined {
  const text = readTextIfPresent(recordPath(repoRoot, taskId));
  if (text === undefined) return undefined;
  try {
    const { data } = gateRecord.safeParse(lightJson(text));
    if (data === undefined || data.task_id !== taskId) return undefined;
    const { workspace_path, owner, gates } = data;
    return { task_id: taskId, workspace_path, owner, gates: gates.flatMap((value) => treeIn(value) ?? []) };
  } catch {
    return undefined;
  }
}

/** A record, or a half of one. */
const LEFT = /^(?:([^.].*)\.gate|\.(.+)\.gate\.\d+\.[0-9a-f]{16}\.next)$/;

/**
 * Returns the tasks of which it is or was written down which gates run for them, in order.
 *
 * @throws Failure `permission`, `io`
 */
export function gatedTasks(repoRoot: string): string[] {
  const names = namesIn(join(sharedRoot(repoRoot), RALPH_PATHS.agents));
  const ids = names.flatMap((name) => LEFT.exec(name)?.slice(1).find(isSafe) ?? []);
  return [...new Set(ids)].toSorted();
}

function isSafe(taskId: string | undefined): boolean {
  return taskId !== undefined && isSafeTaskId(taskId);
}

/** Forgets the gates of a task that we have claimed; never throws. What stays is swept by whoever takes the task next. */
export function removeGateRecord(repoRoot: string, taskId: string): void {
  try {
    dropFile(recordPath(repoRoot, taskId));
  } catch {
    // It names nobody who lives.
  }
}

/** Removes what killed processes have left beside the record of a task that we have claimed. */
export function sweepGateRecord(repoRoot: string, taskId: string): void {
  sweepNextFiles(recordPath(repoRoot, taskId));
}
