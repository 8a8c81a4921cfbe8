import type { Call, Result } from '@ralph/protocol/cli/program';
import { printable } from '@ralph/protocol/cli/printable';
import { Failure } from '@ralph/protocol/contract/failure';
import type { WorkerRecord } from '@ralph/protocol/contract/state-file';
import { findRepository } from '@ralph/protocol/process/repository';
import type { RETRY_OPTIONS } from '../options.ts';
import { claimsIn } from '../records/claims.ts';
import { withRecords } from '../records/fold.ts';
import { activityOf } from '../records/record-activity.ts';
import { resumable } from '../records/resumable.ts';
import { withRetryRequest } from '../records/requests.ts';
import { StateStore } from '../store/state-store.ts';
import { withWriteLock } from '../store/write-lock.ts';

/** `ralph-state retry ID…`: asks that tasks be run again; one that cannot be leaves all as they are. */
export async function run(call: Call<typeof RETRY_OPTIONS>): Promise<Result> {
  const { root } = findRepository(call.args.repo);
  const store = new StateStore(root);
  if ((await store.read()) === undefined) throw noState(store.path);
  const records = await withWriteLock(root, call.stop.signal, async (lock) => {
    const state = await store.read();
    if (state === undefined) throw noState(store.path);
    const now = new Date();
    const isClaimed = claimsIn(root);
    const records = new Map(state.workers.toReversed().map((record) => [record.task_id, record]));
    const requested = [...new Set(call.operands)].map((id) => {
      const record = records.get(id);
      if (record === undefined) throw unknownTask(id);
      const request = { at: now.toISOString(), fresh: call.args.fresh };
      return withRetryRequest(record, activityOf(record, now, isClaimed), request);
    });
    const isNew = ({ task_id: id, retry_fresh: isFresh }: WorkerRecord) => {
      const before = records.get(id);
      return before?.retry_requested_at === undefined || before.retry_fresh !== isFresh;
    };
    const after = withRecords(state, requested.filter(isNew));
    if (after !== state) await store.write(lock, after);
    return requested;
  });
  return { records, text: records.map(words).join('') };
}

function words(record: WorkerRecord): string {
  const { task_id, lifecycle } = record;
  const how =
    resumable(record) === undefined ? 'takes it up as a new attempt' : 'lands it from the commits that are kept';
  return printable(`${task_id} (${lifecycle}) is asked for again: the next run ${how}\n`);
}

function unknownTask(id: string): Failure {
  return new Failure('record_not_found', `Task ${id} not found in parallel state`, {
    hint: 'see what is known with ralph-state list',
    taskId: id,
  });
}

function noState(path: string): Failure {
  return new Failure('record_not_found', 'No parallel run state found.', {
    hint: 'start a run with ralph-orchestrate run -- AGENT',
    details: { path },
  });
}
