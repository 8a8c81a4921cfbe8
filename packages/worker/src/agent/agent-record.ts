import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { processIdentity } from '@ralph/protocol/contract/state-file';
import { isSafeTaskId } from '@ralph/protocol/contract/task-id';
import { isGroupOfTree } from '@ralph/protocol/process/cgroup-place';
import { randomHex } from '@ralph/protocol/process/random-hex';
import { readTextIfPresent } from '@ralph/protocol/process/read-jsonc';

/** Who works on a task: the worker, and its agent from before the first instruction of that until its tree is gone. */
const seat = z.looseObject({
  task_id: z.string(),
  workspace_path: z.string().startsWith('/'),
  /** Tells this attempt's record from that of any other. */
  token: z.string(),
  owner: processIdentity,
});

const agent = z.looseObject({
  attempt: z.int().min(1),
  pid: z.int().min(2),
  start_time: z.string(),
  boot_id: z.string(),
  mark: z.string().regex(/^[0-9a-f]{16}\.[0-9a-f]{8}$/),
  cgroup: z.string().optional(),
});

export type RecordedAgent = z.infer<typeof agent>;

export interface AgentRecord {
  readonly task_id: string;
  readonly workspace_path: string;
  readonly token: string;
  readonly owner: z.infer<typeof processIdentity>;
  readonly agent: RecordedAgent | undefined;
}

const ENDING = '.json';

function recordPath(repoRoot: string, taskId: string): string {
  return join(repoRoot, RALPH_PATHS.agents, `${taskId}${ENDING}`);
}

/** Writes down who works on a task, in one step, for whoever finds the task after the worker was killed. */
export function writeAgentRecord(repoRoot: string, { agent: runs, ...of }: AgentRecord): void {
  const path = recordPath(repoRoot, of.task_id);
  mkdirSync(dirname(path), { recursive: true });
  const next = join(dirname(path), `.${of.task_id}.${process.pid}.${randomHex(8)}.next`);
  try {
    writeFileSync(next, `${JSON.stringify({ ...of, ...runs })}\n`);
    renameSync(next, path);
  } catch (error) {
    rmSync(next, { force: true });
    throw error;
  }
}

/** Reads who works on a task; nothing when that is not written down so that it can be read. */
export function readAgentRecord(repoRoot: string, taskId: string): AgentRecord | undefined {
  try {
    const value: unknown = JSON.parse(readTextIfPresent(recordPath(repoRoot, taskId)) ?? 'null');
    const { data } = seat.safeParse(value);
    if (data === undefined || data.task_id !== taskId) return undefined;
    const { workspace_path, token, owner } = data;
    return { task_id: taskId, workspace_path, token, owner, agent: agentIn(value) };
  } catch {
    return undefined;
  }
}

/** A control group that is not surely the one of this agent is left alone. */
function agentIn(value: unknown): RecordedAgent | undefined {
  const { data } = agent.safeParse(value);
  if (data?.cgroup === undefined || isGroupOfTree(data.cgroup, data.mark)) return data;
  return { ...data, cgroup: undefined };
}

/** Returns the tasks of which it is written down who works on them, in order. */
export function recordedTasks(repoRoot: string): string[] {
  const folder = join(repoRoot, RALPH_PATHS.agents);
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith(ENDING));
    return names
      .map((name) => name.slice(0, -ENDING.length))
      .filter(isSafeTaskId)
      .toSorted();
  } catch {
    return [];
  }
}

/** Forgets who works on a task; never throws. What stays is swept by whoever takes the task next. */
export function removeAgentRecord(repoRoot: string, taskId: string): void {
  try {
    rmSync(recordPath(repoRoot, taskId), { force: true });
  } catch {
    // It names nobody who lives.
  }
}
