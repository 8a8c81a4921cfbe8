import type { Call, Result } from '@ralph/protocol/cli/program';
import { findRepository } from '@ralph/protocol/process/repository';
import type { REMOVE_OPTIONS } from '../options.ts';
import { claimsIn } from '../records/claims.ts';
import { withoutRecords } from '../records/fold.ts';
import { activityOf } from '../records/record-activity.ts';
import { recordNotFound } from '../records/record-not-found.ts';
import { requireRemovable } from '../records/requests.ts';
import { StateStore } from '../store/state-store.ts';
import { withWriteLock } from '../store/write-lock.ts';

/** `ralph-state remove ID`: forgets how a task ended. Workspace, commits and refs stay as they are. */
export async function run(call: Call<typeof REMOVE_OPTIONS>): Promise<Result> {
  const [id = ''] = call.operands;
  const { root } = findRepository(call.args.repo);
  const store = new StateStore(root);
  const removed = await withWriteLock(root, call.stop.signal, async (lock) => {
    const state = await store.read();
    const record = state?.workers.find(({ task_id }) => task_id === id);
    if (state === undefined || record === undefined) throw recordNotFound(id, store.path);
    requireRemovable(record, activityOf(record, new Date(), claimsIn(root)), call.args.force);
    await store.write(lock, withoutRecords(state, [record]));
    return record;
  });
  return { record: removed, text: `removed the record of ${id} (${removed.lifecycle})\n` };
}
