import type { Call, Result } from '@ralph/protocol/cli/program';
import { Failure } from '@ralph/protocol/contract/failure';
import { findRepository } from '@ralph/protocol/process/repository';
import type { NO_OPTIONS } from '../options.ts';
import { withoutRecord } from '../records/fold.ts';
import { isActive } from '../records/record-activity.ts';
import { recordNotFound } from '../records/record-not-found.ts';
import { StateStore } from '../store/state-store.ts';
import { withWriteLock } from '../store/write-lock.ts';

/** `ralph-state remove ID`: forgets how a task ended. Workspace, commits and refs stay as they are. */
export async function run(call: Call<typeof NO_OPTIONS>): Promise<Result> {
  const [id = ''] = call.operands;
  const { root } = findRepository(call.args.repo);
  const store = new StateStore(root);
  const removed = await withWriteLock(root, call.stop.signal, async (lock) => {
    const state = await store.read();
    const record = state?.workers.find(({ task_id }) => task_id === id);
    if (state === undefined || record === undefined) throw recordNotFound(id, store.path);
    if (isActive(record, new Date())) {
      throw new Failure('record_active', `${id} is ${record.lifecycle}: its process is alive`, {
        hint: 'wait until it has ended, or stop the run first',
        taskId: id,
      });
    }
    await store.write(lock, withoutRecord(state, id));
    return record;
  });
  return { record: removed, text: `removed the record of ${id} (${removed.lifecycle})\n` };
}
