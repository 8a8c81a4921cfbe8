import { tryClaim } from '@ralph/protocol/process/task-claim';
import type { Site } from '../site/site.ts';
import { kindAt, workspacePath } from '../site/workspace-path.ts';
import type { Reaped } from './reaped.ts';
import { removeStaleRefLocks } from './stale-locks.ts';

/** Returns whether a task has no workspace; to be asked again under its claim, since one may have been made since. */
export function isNone(site: Site, taskId: string): () => boolean {
  return () => kindAt(workspacePath(site, taskId)) === 'absent';
}

/**
 * Does something that is due, unless a living process has the task; the claim file is gone afterwards. Returns the row
 * that tells it, none where there was nothing to do; never throws.
 */
export async function sweep(
  site: Site,
  row: Omit<Reaped, 'action'>,
  act: () => Promise<void>,
  isDue: () => boolean = () => true,
): Promise<Reaped[]> {
  try {
    const claim = await tryClaim(site.repo.root, row.task_id, { waitMs: 0 });
    if (claim === undefined) return [];
    try {
      if (!isDue()) return [];
      await removeStaleRefLocks(site.repo, row.task_id);
      await act();
    } finally {
      claim.release();
    }
    return [{ ...row, action: 'swept' }];
  } catch (error) {
    return [{ ...row, action: 'kept', reason: messageOf(error) }];
  }
}

/** Returns what an error says. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
