import type { PreflightFinding } from '@ralph/protocol/contract/preflight-report';
import { checked, type Checked } from '@ralph/protocol/process/findings';
import { leftBehind } from '../queue/archiving.ts';
import { placed, problemText, requireValid } from '../queue/placed-problems.ts';
import { findWarnings } from '../queue/queue-warnings.ts';
import { readQueueLock } from '../status/queue-lock.ts';
import { QueueStore } from '../store/queue-store.ts';
import { StateStore } from '../store/state-store.ts';
import { judgeForeignLock } from './foreign-lock.ts';
import { requireInside } from './queue-places.ts';

/** Returns every check of what a run reads, in the order of the reference; nothing is written. */
export async function stateReport(root: string): Promise<readonly PreflightFinding[]> {
  const checks: readonly Checked<unknown>[] = await Promise.all([
    checked(
      'queue_lock',
      () => judgeForeignLock(readQueueLock(root)),
      (stale) => (stale === undefined ? 'no ralph-agent-loop is at work here' : { level: 'warning', ...stale }),
    ),
    checked(
      'queue',
      () => readValid(root),
      ({ queued, done, warnings }) => {
        const facts = { queued, done };
        if (warnings.length > 0) return { level: 'warning', message: warnings.join('\n'), facts };
        return { message: `valid: ${queued} in the queue, ${done} done`, facts };
      },
    ),
    checked(
      'queue_path',
      () => requireInside(root),
      () => 'the queue and the done file are in the repository',
    ),
    checked(
      'state_file',
      () => new StateStore(root).read(),
      (state) => (state === undefined ? 'there is no state file yet' : `readable: ${state.workers.length} records`),
    ),
  ]);
  return checks.map(({ finding }) => finding);
}

/** What a killed writer left in both files counts as done; the next writer takes it out of the queue. */
async function readValid(root: string) {
  const pair = await new QueueStore(root).read();
  const left = new Set(leftBehind(pair));
  const queue = { ...pair.queue, tasks: pair.queue.tasks.filter((_task, index) => !left.has(index)) };
  const { done } = pair;
  await requireValid(left.size === 0 ? pair.queue : queue, done);
  const warnings = await placed(findWarnings(queue.tasks, done.tasks), pair.queue, done);
  return { queued: queue.tasks.length, done: done.tasks.length, warnings: warnings.map(problemText) };
}
