import type { Call, Result } from '@ralph/protocol/cli/program';
import type { Output } from '@ralph/protocol/cli/output';
import { isFailure } from '@ralph/protocol/contract/failure';
import type { StateFile } from '@ralph/protocol/contract/state-file';
import { PathWatch } from '@ralph/protocol/process/path-watch';
import { watchPipeReader } from '@ralph/protocol/process/pipe-reader';
import { findRepository } from '@ralph/protocol/process/repository';
import type { WATCH_OPTIONS } from '../options.ts';
import { StateStore } from '../store/state-store.ts';
import { stateChanges } from '../watch/state-changes.ts';

/** `ralph-state watch`: an event for each change of the state file, until it is told to stop. */
export async function run(call: Call<typeof WATCH_OPTIONS>): Promise<Result> {
  const { args, output, stop } = call;
  const { root } = findRepository(args.repo);
  const store = new StateStore(root);
  const watch = new PathWatch({ root, paths: [store.path], signal: stop.signal });
  const letGo = watchPipeReader(process.stdout.fd, () => stop.request({ kind: 'stdout_closed' }));
  try {
    let known = await store.read();
    await output.event('watch.started', {
      path: store.path,
      revision: known?.revision ?? 0,
      target_branch: known?.target_branch ?? '',
      records: known?.workers.length ?? 0,
    });
    if (args.existing && known !== undefined) await tell(output, stop.signal, { ...known, workers: [] }, known);
    let unreadable = false;
    while ((await watch.next()) === 'changed') {
      try {
        const now = await store.read();
        unreadable = false;
        await tell(output, stop.signal, known, now);
        known = now;
      } catch (error) {
        if (!isFailure(error)) throw error;
        if (!unreadable) output.note(`ralph-state: ${error.message}; watching on from what it said before`);
        unreadable = true;
      }
    }
  } finally {
    letGo();
    watch.close();
  }
  return {};
}

/** Tells what has changed. The reader sets the pace: what happens meanwhile is one change the next time. */
async function tell(
  output: Output,
  signal: AbortSignal,
  before: StateFile | undefined,
  after: StateFile | undefined,
): Promise<void> {
  for (const { type, fields } of stateChanges(before, after)) {
    if (signal.aborted) return;
    await output.event(type, fields);
  }
}
