import type { Followup } from '@ralph/protocol/contract/followups';
import type { Candidate } from '../candidate/candidate.ts';
import type { Landed } from '../push/landed.ts';
import type { Bench } from '../site/bench.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { readFollowUps, removeFollowUps } from './follow-ups.ts';

/**
 * Ends what an agent has proposed once its work is safe. In a tracked queue its tasks have landed with the work, and the
 * proposal is removed. Otherwise ralph-state adds them, and the proposal stays as long as the workspace: what is told of
 * this landing may be lost, and is then told again.
 *
 * @returns what `task.completed` is to carry
 */
export async function settleFollowUps(
  { output, secrets }: Bench,
  workspace: Workspace,
  candidate: Candidate,
  { queueTracked }: Landed,
): Promise<{ followups?: Followup[] }> {
  try {
    if (queueTracked) {
      removeFollowUps(workspace, candidate);
      return {};
    }
    const proposal = await readFollowUps(workspace, candidate, secrets.redact);
    return proposal === undefined ? {} : { followups: proposal.tasks };
  } catch (error) {
    // What has landed has landed.
    output.note(`ralph-integrate: ${candidate.taskId}: ${error instanceof Error ? error.message : String(error)}`);
    return {};
  }
}
