import { Failure } from '@ralph/protocol/contract/failure';
import { clearForReset } from '../candidate/begin.ts';
import { commitMove, isQueueTracked } from '../books/bookkeeping.ts';
import { readFollowUps } from '../books/follow-ups.ts';
import { combineOnto, hasMerges } from './combine.ts';
import { writeRecord } from '../candidate/integration-record.ts';
import type { Job } from '../candidate/job.ts';
import { mergeByHand, rebaseByHand } from '../candidate/next-command.ts';
import { requireOwnCommits } from './own-commits.ts';
import { requireNoSecrets } from './no-secrets.ts';
import { rebaseOnto } from './rebase.ts';
import { targetName } from '../site/settings.ts';
import { branchOf, putHeadOn, type Workspace } from '../workspace/workspace.ts';
import { git } from '../workspace/workspace-git.ts';
import { hasOwnGitFolder } from '../workspace/kept-settings.ts';
import { isRebasing, undoRebase } from '../workspace/workspace-recovery.ts';

/** What is to be pushed: the work on top of a commit of the target branch, with the books kept. */
export interface Prepared {
  readonly commit: string;
  readonly tree: string;
  /** The commit of the target branch that it stands on. */
  readonly onto: string;
  readonly queueTracked: boolean;
}

/**
 * Makes what is to be pushed, always anew from the attempt's own tip, so that nothing of an earlier try is left in it.
 *
 * @throws Failure `foreign_commits`, `followups_invalid`, `conflict`, `secrets_committed`, `bookkeeping_failed`,
 *   `workspace_dirty`, `git_failed`
 */
export async function prepare(job: Job, onto: string): Promise<Prepared> {
  const { workspace, candidate, bench, tip } = job;
  await requireOwnCommits(job);
  // Before anything is done: a proposal that cannot be added keeps the work from landing.
  const followUps = await readFollowUps(workspace, candidate, bench.secrets.redact);
  if (!job.moved) await clearForReset(job);
  job.moved = true;
  await writeRecord(workspace, { tip, head: null, pushed: job.pushed });
  await putHeadOn(workspace, tip, job.branch);
  const merges = await hasMerges(workspace, { tip, onto });
  const files = merges ? await combineOnto(job, onto) : await rebaseOnto(workspace, onto);
  if (files.length > 0) throw conflict(job, { files, onto }, merges ? mergeByHand : rebaseByHand);
  await requireNoSecrets(job, onto);
  const { taskId: task_id, attempt } = candidate;
  const moved = await madeOf(workspace);
  job.placed = { onto, work: moved.commit };
  await bench.output.event('rebase.done', { task_id, attempt, commit: moved.commit, base_commit: onto });
  const queueTracked = await isQueueTracked(bench.settings.root, workspace.path, onto);
  const hasBooks = queueTracked && (await commitMove(bench, workspace, candidate, { target: onto, followUps }));
  const { commit, tree } = hasBooks ? await madeOf(workspace) : moved;
  await writeRecord(workspace, { tip, head: commit, pushed: job.pushed });
  return { commit, tree, onto, queueTracked };
}

/** Returns what HEAD of a workspace is now. */
async function madeOf({ path }: Workspace): Promise<Pick<Prepared, 'commit' | 'tree'>> {
  const [commit = '', tree = ''] = (await git(['rev-parse', 'HEAD^{commit}', 'HEAD^{tree}'], { cwd: path })).split(
    '\n',
  );
  return { commit, tree };
}

/** Puts a workspace back on the attempt's own commits, as far as it was moved away from them. */
export async function putBack(job: Job): Promise<void> {
  // In a git folder of others, HEAD and a rebase are theirs.
  if (!job.moved || !hasOwnGitFolder(job.workspace)) return;
  if (isRebasing(job.workspace)) await undoRebase(job.workspace);
  await putHeadOn(job.workspace, job.tip, job.branch ?? (await branchOf(job.workspace)));
}

function conflict(
  { bench, candidate }: Job,
  { files, onto }: { readonly files: string[]; readonly onto: string },
  byHand: typeof rebaseByHand,
): Failure {
  return new Failure('conflict', `conflict with ${targetName(bench.settings)} in ${files.join(', ')}`, {
    hint: byHand(bench.settings, candidate),
    details: { files, onto },
  });
}
