import { dirname } from 'node:path';
import * as z from 'zod';
import { callSibling } from '@ralph/protocol/process/sibling';
import type { Bench } from '../site/bench.ts';
import type { Candidate } from '../candidate/candidate.ts';
import { usualFolder } from '../site/usual-folder.ts';

/** What `ralph-worker remove` prints. */
const removal = z.object({
  removed: z.boolean(),
  salvaged: z.array(z.object({ ref: z.string(), commit: z.string() })).default([]),
});

/**
 * Has ralph-worker remove the workspace of a landed task, and says so.
 *
 * @throws Failure ralph-worker's own
 */
export async function removeWorkspace({ settings, output }: Bench, candidate: Candidate): Promise<void> {
  const { taskId: task_id, attempt, workspacePath: workspace_path } = candidate;
  const folder = dirname(workspace_path);
  const elsewhere = folder === usualFolder(settings.root) ? [] : ['--workspace-root', folder];
  const args = ['remove', task_id, '--attempt', String(attempt), '--repo', settings.root, ...elsewhere];
  const [record] = await callSibling('ralph-worker', args, (line) => output.note(line));
  const { removed, salvaged } = removal.parse(record);
  for (const { ref, commit } of salvaged) {
    await output.event('work.salvaged', { task_id, attempt, ref, commit, reason: 'left in the workspace' });
  }
  if (removed) await output.event('workspace.removed', { task_id, attempt, workspace_path });
}
