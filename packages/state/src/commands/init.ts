import { existsSync } from 'node:fs';
import type { Call, Result } from '@ralph/protocol/cli/program';
import { Failure } from '@ralph/protocol/contract/failure';
import { findRepository, type Repository } from '@ralph/protocol/process/repository';
import type { INIT_OPTIONS } from '../options.ts';
import { activityOf } from '../records/record-activity.ts';
import { currentBranch } from '../repository-facts.ts';
import { startUp } from '../records/start-up.ts';
import { revisionOf } from '../store/state-document.ts';
import { StateStore } from '../store/state-store.ts';
import { withWriteLock } from '../store/write-lock.ts';

/** `ralph-state init`: the start-up rules over a missing, old or left-over state file. */
export async function run(call: Call<typeof INIT_OPTIONS>): Promise<Result> {
  const { args, output, stop } = call;
  const repository = findRepository(args.repo);
  const targetBranch = args['target-branch'] ?? (await checkedOutBranch(repository));
  const store = new StateStore(repository.root);
  const { state, notes } = await withWriteLock(repository.root, stop.signal, async (lock) => {
    const now = new Date();
    const started = startUp(await store.read(), {
      path: store.path,
      targetBranch,
      now,
      activityOf: (record) => activityOf(record, now),
      workspaceExists: existsSync,
    });
    if (started.changed) await store.write(lock, started.state);
    return started;
  });
  for (const note of notes) output.note(`ralph-state: ${note}`);
  return {
    record: {
      state_path: store.path,
      target_branch: state.target_branch,
      revision: revisionOf(state),
      records: state.workers.length,
    },
    text: `${store.path}: target branch ${state.target_branch}, ${state.workers.length} records\n`,
  };
}

async function checkedOutBranch(repository: Repository): Promise<string> {
  const branch = await currentBranch(repository);
  if (branch !== undefined) return branch;
  throw new Failure('detached_head', 'no target branch was named, and none is checked out', {
    hint: 'name it with --target-branch',
  });
}
