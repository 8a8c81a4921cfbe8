import { join } from 'node:path';
import { isFailure } from '@ralph/protocol/contract/failure';
import { callSibling } from '@ralph/protocol/process/sibling';

interface Site {
  readonly repo: string;
  readonly workspaceRoot: string;
}

/**
 * Has the workspaces removed of tasks that had ended before this run (reference: start-up, terminal cleanup); what
 * nobody else has is kept first. One that cannot be removed stays, and is told.
 *
 * @param started what `ralph-state init` printed
 */
export async function clearWorkspaces(
  { repo, workspaceRoot }: Site,
  started: Readonly<Record<string, unknown>>,
  onNote: (line: string) => void,
): Promise<void> {
  for (const { task_id: id, workspace_path: path, attempt } of finishedIn(started)) {
    // Elsewhere it is none of this run's.
    if (path !== join(workspaceRoot, id)) continue;
    const fence = attempt === undefined ? [] : ['--attempt', String(attempt)];
    try {
      await callSibling(
        'ralph-worker',
        ['remove', id, ...fence, '--repo', repo, '--workspace-root', workspaceRoot],
        onNote,
      );
      onNote(`${id} had ended before this run: its workspace is removed`);
    } catch (error) {
      if (!isFailure(error)) throw error;
      onNote(`${id} had ended before this run, but its workspace stays: ${error.message}`);
    }
  }
}

interface Finished {
  readonly task_id: string;
  readonly workspace_path: string;
  readonly attempt?: number;
}

function finishedIn({ finished_workspaces: rows = [] }: Readonly<Record<string, unknown>>): readonly Finished[] {
  return rows as readonly Finished[];
}
