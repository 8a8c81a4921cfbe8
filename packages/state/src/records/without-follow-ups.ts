import type { StateFile } from '@ralph/protocol/contract/state-file';
import { withRecords } from './fold.ts';

/** Returns a state in which the records of some tasks no longer tell of follow-ups: they stand in the queue. Pure. */
export function withoutFollowUps(state: StateFile, ids: ReadonlySet<string>): StateFile {
  const settled = state.workers.flatMap(({ followups, ...record }) =>
    ids.has(record.task_id) && followups !== undefined ? [record] : [],
  );
  return withRecords(state, settled);
}
