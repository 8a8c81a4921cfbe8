import { existsSync } from 'node:fs';
import { basename, dirname, isAbsolute } from 'node:path';
import { optionWords } from '@ralph/protocol/cli/option-words';
import { PUBLISHED } from '@ralph/protocol/contract/lifecycle';
import type { Usage } from '@ralph/protocol/contract/usage';
import type { WorkerRecord } from '@ralph/protocol/contract/state-file';
import type { Task } from '@ralph/protocol/contract/task';
import { TERMINAL_TASK_STATUSES } from '@ralph/protocol/contract/task-status';
import { callSibling } from '@ralph/protocol/process/sibling';
import type { EndingSibling } from './ending-siblings.ts';
import { hasLanded } from './has-landed.ts';
import type { Leftover, LeftRecord, LeftWorkspace } from './leftover.ts';

export interface Scene {
  readonly repo: string;
  /** Absolute, or nothing where the worker's own default serves. */
  readonly workspaceRoot: string | undefined;
  /** The tasks of a run that does not take them from the queue. */
  readonly given: readonly Task[] | undefined;
  readonly onNote: (line: string) => void;
}

/** What `ralph-worker list` prints of a workspace, as far as it matters here. */
export interface ListedWorkspace {
  readonly task_id: string;
  readonly workspace_path: string;
  readonly attempt: number | null;
  readonly phase: LeftWorkspace['phase'] | null;
  readonly base_commit: string | null;
  readonly target_branch: string | null;
  readonly parked_commit: string | null;
  readonly latest_attempt: number | null;
  readonly claimed: boolean | null;
  readonly blocked: { readonly code?: string; readonly reason: string; readonly attempt: number } | null;
  readonly finished: FinishedWork | null;
}

export interface FinishedWork {
  readonly head_commit: string;
  readonly commits: number;
  readonly changed_files: number;
  readonly log_path: string;
  readonly duration_ms: number;
  readonly title?: string;
  readonly command?: string[];
  readonly prompt?: 'stdin' | 'file';
  readonly resume_command?: string[];
  readonly session?: string;
  readonly session_usage?: Usage;
  readonly usage?: Usage;
}

export type ListedRecord = WorkerRecord & { readonly activity?: LeftRecord['activity'] };

/** What was found, and by task what it was found by. */
export interface Found {
  readonly leftovers: readonly Leftover[];
  readonly records: ReadonlyMap<string, ListedRecord>;
  readonly workspaces: ReadonlyMap<string, ListedWorkspace>;
  /** Those of them that an earlier run has made under another root than this run has. */
  readonly elsewhere: ReadonlySet<string>;
}

/**
 * Asks the siblings what an earlier run has left; nothing is changed, and the queue is only read where something may be
 * taken up.
 *
 * @param lost tasks whose records were found without a process by this start
 * @param ending siblings of a run that is gone
 */
export async function gatherLeftovers(
  scene: Scene,
  { lost, ending }: { readonly lost: ReadonlySet<string>; readonly ending: readonly EndingSibling[] },
): Promise<Found> {
  const { repo, given, onNote } = scene;
  const [rows, folders] = await Promise.all([
    callSibling('ralph-state', ['list', '--repo', repo], onNote) as Promise<unknown> as Promise<ListedRecord[]>,
    callSibling('ralph-worker', ['list', '--brief', ...placeWords(scene)], onNote) as Promise<unknown> as Promise<
      ListedWorkspace[]
    >,
  ]);
  const records = new Map(rows.map((record) => [record.task_id, record]));
  const here = new Set(folders.map(({ task_id: id }) => id));
  const others = await listElsewhere(
    scene,
    rows.filter(({ task_id: id }) => !here.has(id)),
  );
  const workspaces = new Map([...folders, ...others].map((folder) => [folder.task_id, folder]));
  const unsettled = rows.filter(
    (record) => workspaces.has(record.task_id) || isOpen(record) || lost.has(record.task_id),
  );
  const ids = [...new Set([...unsettled.map(({ task_id: id }) => id), ...workspaces.keys()])];
  const isQueued = ids.length === 0 ? () => false : await queuedTasks(repo, onNote);
  const endingTasks = new Set(ending.flatMap(({ tasks }) => tasks));
  const leftoverOf = async (taskId: string): Promise<Leftover> => {
    const workspace = workspaces.get(taskId);
    const record = records.get(taskId);
    const wanted = wantedBy(taskId, given, isQueued);
    const attempt = workspace?.attempt ?? record?.attempt;
    const base = workspace?.base_commit ?? record?.base_commit;
    const branch = workspace?.target_branch ?? record?.target_branch;
    return {
      taskId,
      record: record === undefined ? undefined : leftRecord(record, lost.has(taskId)),
      workspace: workspace === undefined ? undefined : leftWorkspace(workspace),
      claim: endingTasks.has(taskId) ? 'ending' : workspace?.claimed === true ? 'held' : 'free',
      wanted: wanted === 'nowhere' && (await hasLanded(repo, taskId, { attempt, base, branch })) ? 'landed' : wanted,
    };
  };
  const leftovers = await Promise.all(ids.map(leftoverOf));
  return { leftovers, records, workspaces, elsewhere: new Set(others.map(({ task_id: id }) => id)) };
}

/** A run may have another root of the workspaces than the one that was killed; where those stand is on record. */
async function listElsewhere(scene: Scene, records: readonly WorkerRecord[]): Promise<ListedWorkspace[]> {
  const standing = records.filter(
    ({ task_id: id, workspace_path: path }) => isAbsolute(path) && basename(path) === id && existsSync(path),
  );
  const roots = new Set(standing.map(({ workspace_path: path }) => dirname(path)));
  const ids = new Set(standing.map(({ task_id: id }) => id));
  const listed: ListedWorkspace[] = [];
  for (const workspaceRoot of roots) {
    const words = ['list', '--brief', ...placeWords({ ...scene, workspaceRoot })];
    const rows = callSibling('ralph-worker', words, scene.onNote) as Promise<unknown> as Promise<ListedWorkspace[]>;
    // A root that the worker refuses is not one of ours.
    listed.push(...(await rows.catch(() => [])).filter(({ task_id: id }) => ids.has(id)));
  }
  return listed;
}

/** Returns the same for one task, whose workspace may stand under another root. */
export function placeWordsOf(scene: Scene, { workspaces, elsewhere }: Found, taskId: string): string[] {
  const path = elsewhere.has(taskId) ? workspaces.get(taskId)?.workspace_path : undefined;
  return placeWords(path === undefined ? scene : { ...scene, workspaceRoot: dirname(path) });
}

/** Returns what ralph-worker is told to find the repository and its workspaces. */
export function placeWords({ repo, workspaceRoot }: Scene): string[] {
  return ['--repo', repo, ...(workspaceRoot === undefined ? [] : optionWords('--workspace-root', workspaceRoot))];
}

function isOpen({ lifecycle }: WorkerRecord): boolean {
  return lifecycle === 'running' || lifecycle === 'integrating';
}

type IsQueued = (id: string) => boolean;

function wantedBy(id: string, given: readonly Task[] | undefined, isQueued: IsQueued): Leftover['wanted'] {
  if (given === undefined) return isQueued(id) ? 'here' : 'nowhere';
  if (given.some((task) => task.id === id && !isDone(task.status))) return 'here';
  return isQueued(id) ? 'in_queue' : 'nowhere';
}

/** Of a queue that cannot be read nobody knows that a task is not in it. */
async function queuedTasks(repo: string, onNote: (line: string) => void): Promise<IsQueued> {
  try {
    const tasks = (await callSibling('ralph-state', ['task', 'list', '--repo', repo], onNote)) as unknown as Task[];
    const open = new Set(tasks.filter(({ status }) => !isDone(status)).map(({ id }) => id));
    return (id) => open.has(id);
  } catch {
    return () => true;
  }
}

function isDone(status: string | undefined): boolean {
  return status !== undefined && TERMINAL_TASK_STATUSES.includes(status);
}

function leftRecord(record: ListedRecord, isLost: boolean): LeftRecord {
  const { lifecycle, attempt, error_code: code, head_commit: head, base_commit: base, target_branch: branch } = record;
  const isGivenUp = lifecycle === 'failed' && code === 'owner_gone';
  return {
    lifecycle,
    attempt,
    activity: isLost ? 'lost' : (record.activity ?? (isGivenUp ? 'given_up' : 'ended')),
    hasWork: head !== undefined && head !== base,
    isPublished: code === PUBLISHED,
    isAskedFor: record.retry_requested_at !== undefined,
    targetBranch: branch,
  };
}

function leftWorkspace(listed: ListedWorkspace): LeftWorkspace {
  const { attempt, phase, blocked, parked_commit: parked, base_commit: base, latest_attempt: latest } = listed;
  return {
    path: listed.workspace_path,
    attempt: attempt ?? undefined,
    phase: phase ?? undefined,
    targetBranch: listed.target_branch ?? undefined,
    hasWork: parked !== null && parked !== base,
    isSuperseded: attempt !== null && latest !== null && latest > attempt,
    blocked:
      blocked === null
        ? undefined
        : { code: blocked.code ?? 'internal', reason: blocked.reason, attempts: blocked.attempt },
  };
}
