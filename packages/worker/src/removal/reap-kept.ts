import type { Site } from '../site/site.ts';
import { removeStored, storedSetups } from '../setup/setup-store.ts';
import { abandonedKept, dropKept, dropWarm } from '../warm/warm-pool.ts';
import type { Reaped } from './reaped.ts';
import { isNone, sweep } from './sweep.ts';

/** Removes what is kept for reuse when it is told to, halves of it always; tells what it did. */
export async function reapKept(site: Site, all: boolean): Promise<Reaped[]> {
  const rows: Reaped[] = [];
  if (all) {
    const reason = 'was kept for reuse';
    for (const { taskId, path } of await dropWarm(site))
      rows.push({ task_id: taskId, action: 'removed', what: path, reason });
  }
  for (const stored of storedSetups(site)) {
    if (stored.isWhole && !all) continue;
    const what = { task_id: stored.taskId, what: stored.path };
    if (stored.isWhole) {
      await removeStored(stored);
      rows.push({ ...what, action: 'removed', reason: 'the stored result of a set-up' });
    } else {
      rows.push(...(await sweep(site, { ...what, reason: 'half of a stored set-up' }, () => removeStored(stored))));
    }
  }
  for (const { taskId, path } of abandonedKept(site)) {
    const row = { task_id: taskId, what: path, reason: 'belongs to a workspace that is gone' };
    rows.push(...(await sweep(site, row, () => dropKept(site, taskId), isNone(site, taskId))));
  }
  return rows;
}
