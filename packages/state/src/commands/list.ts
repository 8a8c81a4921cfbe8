import type { Call, Result } from '@ralph/protocol/cli/program';
import { unknownWord } from '@ralph/protocol/cli/usage-failure';
import { LIFECYCLES } from '@ralph/protocol/contract/lifecycle';
import { findRepository } from '@ralph/protocol/process/repository';
import { ageOf } from '../records/age.ts';
import { claimsIn } from '../records/claims.ts';
import type { LIST_OPTIONS } from '../options.ts';
import { lifecycleWords, shownRecord, type ShownRecord } from '../records/shown-record.ts';
import { StateStore } from '../store/state-store.ts';

/** `ralph-state list`: the records in the order of the file. */
export async function run(call: Call<typeof LIST_OPTIONS>): Promise<Result> {
  const wanted = call.args.lifecycle;
  const known: readonly string[] = LIFECYCLES;
  for (const word of wanted) if (!known.includes(word)) throw unknownWord(call.program, 'lifecycle', word, known);
  const { root } = findRepository(call.args.repo);
  const state = await new StateStore(root).read();
  const now = new Date();
  const isClaimed = claimsIn(root);
  const records = (state?.workers ?? []).filter(({ lifecycle }) => wanted.length === 0 || wanted.includes(lifecycle));
  return {
    records: records.map((record) => shownRecord(record, now, isClaimed)),
    columns: {
      task: (row: ShownRecord) => row.task_id,
      lifecycle: (row: ShownRecord) => lifecycleWords(row),
      age: (row: ShownRecord) => ageOf(row.started_at, now),
      attempts: (row: ShownRecord) => String(row.attempt ?? ''),
      branch: (row: ShownRecord) => row.target_branch ?? '',
      'last error': (row: ShownRecord) => row.last_error ?? '',
    },
  };
}
