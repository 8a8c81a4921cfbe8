import { missingBranch } from '@ralph/protocol/process/missing-branch';
import type { Job } from '../candidate/job.ts';
import { waitForNextTry } from '../candidate/wait-for-next-try.ts';
import { throwIfStopped } from '../site/stopped.ts';
import { fetchTarget } from './target.ts';

/**
 * Asks the remote for the commit of the target branch, again when it cannot be reached.
 *
 * @throws Failure `origin_unreachable`, `push_auth`, `target_branch_missing`; Stopped
 */
export async function targetCommit(job: Job, signal: AbortSignal): Promise<string> {
  const { settings } = job.bench;
  for (;;) {
    const end = await fetchTarget(settings, signal);
    switch (end.kind) {
      case 'fetched':
        return end.commit;
      case 'missing':
        throw await missingBranch(settings.root, settings.remote.name, settings.targetBranch);
      case 'auth':
      case 'network':
        throwIfStopped(signal);
        await waitForNextTry(job, end.kind, end.words);
    }
  }
}
