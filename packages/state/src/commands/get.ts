import type { Call, Result } from '@ralph/protocol/cli/program';
import { findRepository } from '@ralph/protocol/process/repository';
import type { NO_OPTIONS } from '../options.ts';
import { claimsIn } from '../records/claims.ts';
import { recordNotFound } from '../records/record-not-found.ts';
import { shownRecord } from '../records/shown-record.ts';
import { StateStore } from '../store/state-store.ts';

/** `ralph-state get ID`: one record. */
export async function run(call: Call<typeof NO_OPTIONS>): Promise<Result> {
  const [id = ''] = call.operands;
  const { root } = findRepository(call.args.repo);
  const store = new StateStore(root);
  const record = (await store.read())?.workers.find(({ task_id }) => task_id === id);
  if (record === undefined) throw recordNotFound(id, store.path);
  return { record: shownRecord(record, new Date(), claimsIn(root)) };
}
