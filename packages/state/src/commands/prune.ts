import type { Call, Result } from '@ralph/protocol/cli/program';
import type { StateFile, WorkerRecord } from '@ralph/protocol/contract/state-file';
import { findRepository } from '@ralph/protocol/process/repository';
import type { PRUNE_OPTIONS } from '../options.ts';
import { ageOf } from '../records/age.ts';
import { withoutRecords } from '../records/fold.ts';
import { FAILURES_LIFETIME_MS, isOutlived, lifetimeMs } from '../records/pruning.ts';
import { workspaceIsThere } from '../records/workspace-presence.ts';
import { StateStore } from '../store/state-store.ts';
import { withWriteLock } from '../store/write-lock.ts';

/** `ralph-state prune`: drops the records that have outlived their use, and prints them. */
export async function run(call: Call<typeof PRUNE_OPTIONS>): Promise<Result> {
  const { args, stop } = call;
  const { root } = findRepository(args.repo);
  const store = new StateStore(root);
  const now = new Date();
  const olderThan = args['older-than'];
  const rule = {
    now,
    lifetimeMs: lifetimeMs(olderThan),
    failuresLifetimeMs: olderThan === undefined ? FAILURES_LIFETIME_MS : lifetimeMs(olderThan),
    workspaceIsThere: (path: string) => workspaceIsThere(root, path),
  };
  const outlived = (state: StateFile | undefined) =>
    (state?.workers ?? []).filter((record) => isOutlived(record, rule));
  const seen = outlived(await store.read());
  const records =
    args['dry-run'] || seen.length === 0
      ? seen
      : await withWriteLock(root, stop.signal, async (lock) => {
          const state = await store.read();
          const dropped = outlived(state);
          if (state !== undefined && dropped.length > 0) await store.write(lock, withoutRecords(state, dropped));
          return dropped;
        });
  return {
    records,
    columns: {
      task: (row: WorkerRecord) => row.task_id,
      lifecycle: (row: WorkerRecord) => row.lifecycle,
      ended: (row: WorkerRecord) => ageOf(row.completed_at ?? row.started_at, now),
      'last error': (row: WorkerRecord) => row.last_error ?? '',
    },
  };
}
