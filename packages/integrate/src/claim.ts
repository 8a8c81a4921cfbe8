import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { Failure } from '@ralph/protocol/contract/failure';
import { takeFlock } from '@ralph/protocol/process/flock';
import type { Bench } from './bench.ts';
import type { Candidate } from './candidate.ts';
import { throwIfStopped } from './stopped.ts';

const WAIT_MS = 30_000;

/**
 * Claims a task, so that no other process works in its workspace. The claim goes with the returned call, or with this
 * process.
 *
 * @throws Failure `claim_held` when another has it after 30 s; Stopped
 */
export async function claimTask({ settings, stop, cleanup }: Bench, { taskId }: Candidate): Promise<() => void> {
  const path = join(settings.root, RALPH_PATHS.claims, `${taskId}.lock`);
  const lock = await takeFlock(path, { waitMs: WAIT_MS, signal: stop });
  throwIfStopped(stop);
  if (lock === undefined) {
    throw new Failure('claim_held', `another process is at work on ${taskId}: ${path} is locked`, {
      hint: `fuser ${path}`,
    });
  }
  const release = () => {
    // Unlinked while it is held: whoever waits for it finds that its file is no longer at the path, and takes a new one.
    if (lock.isCurrent()) rmSync(path, { force: true });
    lock.release();
  };
  const keep = cleanup.defer(`release the claim of ${taskId}`, release);
  return () => {
    keep();
    release();
  };
}
