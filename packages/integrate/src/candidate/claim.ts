import { isFailure } from '@ralph/protocol/contract/failure';
import { takeClaim, type TaskClaim } from '@ralph/protocol/process/task-claim';
import type { Bench } from '../site/bench.ts';
import type { Candidate } from './candidate.ts';
import { Stopped, throwIfStopped } from '../site/stopped.ts';

const WAIT_MS = 30_000;
/** After this the others need not wait too. */
const PATIENCE_MS = 1000;

/**
 * Claims a task, so that no other process works in its workspace. The claim goes with the call of `release`, or with
 * this process.
 *
 * @param onWait called when that takes its time
 * @throws Failure `claim_held` when another has it after 30 s; Stopped
 */
export async function claimTask(
  { settings, stop, cleanup, claims }: Bench,
  { taskId }: Candidate,
  onWait: () => void,
): Promise<Pick<TaskClaim, 'fd' | 'release'>> {
  const take = (waitMs: number) => takeClaim(settings.root, taskId, { waitMs, signal: stop, files: claims });
  const claim = await take(PATIENCE_MS)
    .catch((error: unknown) => {
      if (!isFailure(error) || error.code !== 'claim_held' || stop.aborted) throw error;
      onWait();
      return take(WAIT_MS - PATIENCE_MS);
    })
    .catch((error: unknown) => {
      throw stop.aborted ? new Stopped() : error;
    });
  const keep = cleanup.defer(`release the claim of ${taskId}`, claim.release);
  const release = () => {
    keep();
    claim.release();
  };
  if (stop.aborted) release();
  throwIfStopped(stop);
  return { fd: claim.fd, release };
}
