import type { Followup } from '@ralph/protocol/contract/followups';
import type { Candidate } from '../candidate/candidate.ts';
import type { Landed } from '../push/landed.ts';
import type { Bench } from '../site/bench.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { hasFollowUps, readFollowUps, removeFollowUps } from './follow-ups.ts';
import { updateCheckout } from './update-checkout.ts';

/**
 * Ends what an agent has proposed once its work is safe. In a tracked queue its tasks have landed with the work: the
 * proposal is removed, and the checkout of the user brought forward at once, since a run that hears of the landing looks
 * there for what is next. Otherwise ralph-state adds them, and the proposal stays as long as the workspace: what is told of
 * this landing may be lost, and is then told again.
 *
 * @returns what `task.completed` is to carry
 */
export async function settleFollowUps(
  bench: Bench,
  workspace: Workspace,
  candidate: Candidate,
  { queueTracked, commit }: Landed,
): Promise<{ followups?: Followup[] }> {
  const { output, secrets, clearing } = bench;
  const note = (what: string) => output.note(`ralph-integrate: ${candidate.taskId}: ${what}`);
  try {
    if (queueTracked) {
      const isNewer = hasFollowUps(workspace, candidate);
      removeFollowUps(workspace, candidate);
      // One after the other: two gits would fight for the checkout.
      if (isNewer && !bench.stop.aborted) await clearing.through(() => updateCheckout(bench, commit, note));
      return {};
    }
    const proposal = await readFollowUps(workspace, candidate, secrets.redact);
    return proposal === undefined ? {} : { followups: proposal.tasks };
  } catch (error) {
    // What has landed has landed.
    note(error instanceof Error ? error.message : String(error));
    return {};
  }
}
