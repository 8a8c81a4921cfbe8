import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '@ralph/protocol/contract/failure';
import { isSafeTaskId } from '@ralph/protocol/contract/task-id';
import type { Site } from './site.ts';
import { isWithin } from './workspace-root.ts';

/**
 * Makes sure that an id can serve as a folder name and as a part of a ref.
 *
 * @throws Failure `task_unsafe_id`
 */
export function requireSafeId(taskId: string): void {
  if (isSafeTaskId(taskId)) return;
  throw new Failure('task_unsafe_id', `${JSON.stringify(taskId)} cannot name a workspace`, {
    hint: `use letters, digits, dot, dash and underscore, at most 100, beginning with a letter or digit; no "..", no "." or ".lock" at the end, no name of a device such as "con"`,
    taskId,
  });
}

/**
 * Returns the folder of a task's workspace: directly under the root and apart from the user's repository.
 *
 * @throws Failure `task_unsafe_id`, `workspace_root` when the path would touch the repository
 */
export function workspacePath(site: Site, taskId: string): string {
  requireSafeId(taskId);
  const path = join(site.root, taskId);
  for (const ours of [site.repo.root, site.repo.gitDir]) {
    if (isWithin(path, ours) || isWithin(site.repo.gitDir, path)) {
      throw new Failure('workspace_root', `the workspace of ${taskId} would be ${path}, which holds the repository`, {
        hint: 'choose another --workspace-root',
        taskId,
      });
    }
  }
  return path;
}

/** What stands at a path, without following a symlink. */
export function kindAt(path: string): 'absent' | 'link' | 'folder' | 'other' {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 'absent';
  if (stat.isSymbolicLink()) return 'link';
  return stat.isDirectory() ? 'folder' : 'other';
}
