import { join } from 'node:path';
import { Failure } from '@ralph/protocol/contract/failure';
import type { LockRecord } from '@ralph/protocol/contract/lock-record';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { PathWatch } from '@ralph/protocol/process/path-watch';
import { bootId, isAlive } from '@ralph/protocol/process/process-identity';

/** No file changes when a run is killed: as long as it is waited for we look whether it still lives. */
const LOOK_MS = 2000;

export interface AwaitedRun {
  readonly root: string;
  readonly holder: LockRecord;
  /** Returns who holds the loop lock now. */
  readonly look: () => Promise<LockRecord | undefined>;
  /** Infinity without limit. */
  readonly seconds: number;
  readonly signal: AbortSignal;
}

/**
 * Waits until a run has let go of the loop lock.
 *
 * @throws Failure `wait_timeout` when the time is up
 */
export async function waitForEnd({ root, holder, look, seconds, signal }: AwaitedRun): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  const paths = [join(root, '.ralph/loop.lock'), join(root, RALPH_PATHS.stopRequest)];
  const identity = { pid: holder.pid, start_time: holder.start_time ?? '', boot_id: holder.boot_id ?? bootId() };
  const watch = new PathWatch({ root, paths, signal });
  try {
    for (let changed = true; ;) {
      const now = changed || !isAlive(identity) ? await look() : holder;
      if (now === undefined || now.pid !== holder.pid || now.token !== holder.token) return;
      const left = deadline - performance.now();
      if (left <= 0) {
        throw new Failure('wait_timeout', `the run of pid ${holder.pid} has not ended within ${seconds} s`, {
          hint: 'it is asked to stop and ends by itself; to wait on: ralph-orchestrate stop --wait',
        });
      }
      const woken = await watch.next(Math.min(left, LOOK_MS));
      if (woken === 'stopped') return;
      changed = woken === 'changed';
    }
  } finally {
    watch.close();
  }
}
