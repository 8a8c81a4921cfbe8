import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { lightJson } from '@ralph/protocol/contract/light-json';
import { blockedMarker, type BlockedMarker } from '@ralph/protocol/contract/blocked-marker';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { claimedTasks } from '@ralph/protocol/process/claimed-tasks';
import { readTextIfPresent } from '@ralph/protocol/process/read-jsonc';
import { isSafeTaskId } from '@ralph/protocol/contract/task-id';
import { namesIn } from '@ralph/protocol/process/names-in';
import { lookAtWork } from './look-at-work.ts';
import { attemptOfRef, taskOfRef } from '../refs/attempt-number.ts';
import { listRefs } from '../refs/ralph-refs.ts';
import type { Site } from '../site/site.ts';
import { warmWorkspaces } from '../warm/warm-pool.ts';
import { workspaceIn } from '../workspace/draft-folder.ts';
import { readMarker, type FinishedWork, type WorkspaceMarker } from '../workspace/workspace-marker.ts';
import { kindAt } from '../site/workspace-path.ts';

export interface ListedWorkspace {
  readonly task_id: string;
  readonly workspace_path: string;
  /** Null when the workspace does not say. */
  readonly attempt: number | null;
  /** Whether there are edits that are not committed; null when git cannot read the workspace. */
  readonly dirty: boolean | null;
  /** Commits on top of its base; null when git cannot tell. */
  readonly ahead: number | null;
  /** How far it has come, by its own word; null when it does not say. */
  readonly phase: WorkspaceMarker['phase'] | null;
  readonly base_commit: string | null;
  readonly target_branch: string | null;
  /** What is kept under the ref of its attempt: where it began, until its work is finished. */
  readonly parked_commit: string | null;
  /** The highest attempt at the task that has a ref; null where there is none. */
  readonly latest_attempt: number | null;
  /** Whether a process has the task; null where that cannot be seen. */
  readonly claimed: boolean | null;
  /** Why it is kept for a person. */
  readonly blocked: Pick<BlockedMarker, 'code' | 'reason' | 'attempt'> | null;
  /** What its worker said of its work when it was ready. */
  readonly finished: FinishedWork | null;
}

export interface ListOptions {
  /** Git is not asked about each workspace: `dirty` and `ahead` are null then. */
  readonly brief: boolean;
}

export interface SalvagedWork {
  readonly task_id: string;
  readonly attempt: number;
  readonly ref: string;
  readonly commit: string;
  readonly subject: string;
  readonly at: string;
}

export interface ListedWarm {
  /** The task that it was set aside by. */
  readonly task_id: string;
  readonly workspace_path: string;
  readonly files: number;
  /** Null where no set-up has left anything in it. */
  readonly setup_key: string | null;
}

export interface FoundFolder {
  readonly taskId: string;
  readonly path: string;
}

/** Returns the folders under the root that a task could own, in order of their names; symlinks are not followed. */
export function workspaceFolders(site: Site): FoundFolder[] {
  return namesIn(site.root)
    .filter(isSafeTaskId)
    .toSorted()
    .map((taskId) => ({ taskId, path: join(site.root, taskId) }))
    .filter(
      ({ path }) => kindAt(path) === 'folder' && (site.isDefaultRoot || readMarker(path)?.repo_root === site.repo.root),
    );
}

/** Looks at each workspace without taking a lock or writing anything. */
export async function listWorkspaces(site: Site, { brief }: ListOptions): Promise<ListedWorkspace[]> {
  const folders = workspaceFolders(site);
  if (folders.length === 0) return [];
  const parked = new Map<string, { readonly attempt: number; readonly commit: string }[]>();
  for (const { ref, commit } of await listRefs(site.repo.root, 'refs/ralph/attempts/')) {
    const [taskId, attempt] = [taskOfRef(ref), attemptOfRef(ref)];
    if (taskId === undefined || attempt === undefined) continue;
    parked.set(taskId, [...(parked.get(taskId) ?? []), { attempt, commit }]);
  }
  const claimed = claimedTasks(site.repo.root);
  const listed: ListedWorkspace[] = [];
  for (const folder of folders) {
    const marker = readMarker(folder.path);
    const attempts = parked.get(folder.taskId) ?? [];
    listed.push({
      task_id: folder.taskId,
      workspace_path: folder.path,
      attempt: marker?.attempt ?? null,
      ...(brief ? { dirty: null, ahead: null } : await lookAtWork(site.repo, folder.path, marker?.base_commit)),
      phase: marker?.phase ?? null,
      base_commit: marker?.base_commit ?? null,
      target_branch: marker?.target_branch ?? null,
      parked_commit: attempts.find(({ attempt }) => attempt === marker?.attempt)?.commit ?? null,
      latest_attempt: attempts.length === 0 ? null : Math.max(...attempts.map(({ attempt }) => attempt)),
      claimed: claimed?.has(folder.taskId) ?? null,
      blocked: blockedIn(folder.path),
      finished: marker?.finished ?? null,
    });
  }
  return listed;
}

/** A marker that cannot be read keeps its workspace too: it is one all the same. */
function blockedIn(path: string): ListedWorkspace['blocked'] {
  const file = join(path, RALPH_PATHS.blockedMarker);
  if (!existsSync(file)) return null;
  try {
    const { data } = blockedMarker.safeParse(lightJson(readTextIfPresent(file) ?? 'null'));
    if (data !== undefined) return { code: data.code, reason: data.reason, attempt: data.attempt };
  } catch {
    // Told below.
  }
  return { code: undefined, reason: 'kept for a person; why cannot be read', attempt: 1 };
}

/** Lists the work that was kept of removed workspaces. */
export async function listSalvaged(site: Site): Promise<SalvagedWork[]> {
  const refs = await listRefs(site.repo.root, 'refs/ralph/salvage/');
  return refs.flatMap(({ ref, commit, subject, at }) => {
    const [taskId, attempt] = [taskOfRef(ref), attemptOfRef(ref)];
    return taskId === undefined || attempt === undefined
      ? []
      : [{ task_id: taskId, attempt, ref, commit, subject, at }];
  });
}

/** Lists the workspaces that are kept for the next task. */
export function listWarm(site: Site): ListedWarm[] {
  return warmWorkspaces(site).map((warm) => ({
    task_id: warm.taskId,
    workspace_path: workspaceIn(warm),
    files: warm.files,
    setup_key: warm.setupKey ?? null,
  }));
}
