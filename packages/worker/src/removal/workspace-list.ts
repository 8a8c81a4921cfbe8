import { join } from 'node:path';
import { isSafeTaskId } from '@ralph/protocol/contract/task-id';
import { namesIn } from '@ralph/protocol/process/names-in';
import { attemptOfRef, taskOfRef } from '../refs/attempt-number.ts';
import { listRefs } from '../refs/ralph-refs.ts';
import type { Site } from '../site/site.ts';
import { warmWorkspaces } from '../warm/warm-pool.ts';
import { workspaceIn } from '../workspace/draft-folder.ts';
import { tryWorkspaceGit } from '../workspace/workspace-git.ts';
import { readMarker } from '../workspace/workspace-marker.ts';
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
export async function listWorkspaces(site: Site): Promise<ListedWorkspace[]> {
  const listed: ListedWorkspace[] = [];
  for (const { taskId, path } of workspaceFolders(site)) {
    const marker = readMarker(path);
    const status = await tryWorkspaceGit(path, ['--no-optional-locks', 'status', '--porcelain', '-z']);
    const range = marker === undefined ? 'HEAD' : `${marker.base_commit}..HEAD`;
    const count = await tryWorkspaceGit(path, ['rev-list', '--count', range, '--']);
    listed.push({
      task_id: taskId,
      workspace_path: path,
      attempt: marker?.attempt ?? null,
      dirty: status.exitCode === 0 ? status.stdout !== '' : null,
      ahead: count.exitCode === 0 && marker !== undefined ? Number(count.stdout) : null,
    });
  }
  return listed;
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
