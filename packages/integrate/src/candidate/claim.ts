import { takeClaim } from '@ralph/protocol/process/task-claim';
import type { Bench } from '../site/bench.ts';
import type { Candidate } from './candidate.ts';
import { Stopped, throwIfStopped } from '../site/stopped.ts';

const WAIT_MS = 30_000;

/**
 * Claims a task, so that no other process works in its workspace. The claim goes with the returned call, or with this
 * process.
 *
 * @throws Failure `claim_held` when another has it after 30 s; Stopped
 */
export async function claimTask({ settings, stop, cleanup }: Bench, { taskId }: Candidate): Promise<() => void> {
  const claim = await takeClaim(settings.root, taskId, { waitMs: WAIT_MS, signal: stop }).catch((error: unknown) => {
    throw stop.aborted ? new Stopped() : error;
  });
  const keep = cleanup.defer(`release the claim of ${taskId}`, claim.release);
  const release = () => {
    keep();
    claim.release();
  };
  if (stop.aborted) release();
  throwIfStopped(stop);
  return release;
}
