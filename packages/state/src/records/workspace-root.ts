import { basename, dirname, join, resolve } from 'node:path';
import type { WorkerRecord } from '@ralph/protocol/contract/state-file';

/**
 * Returns what ralph-worker has to be told to find the workspace of a record: nothing extra when it is in the usual
 * folder, `--workspace-root DIR` elsewhere; undefined when it is not named as ralph-worker names them.
 *
 * @param root the root of the repository
 */
export function workspaceRootWords(
  root: string,
  { task_id, workspace_path }: Pick<WorkerRecord, 'task_id' | 'workspace_path'>,
): readonly string[] | undefined {
  const path = resolve(root, workspace_path);
  if (workspace_path === '' || basename(path) !== task_id) return undefined;
  const usual = join(dirname(root), '.workspaces', basename(root), 'parallel');
  return dirname(path) === usual ? [] : ['--workspace-root', dirname(path)];
}
