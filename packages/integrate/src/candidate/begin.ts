import { Failure } from '@ralph/protocol/contract/failure';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { commandLine } from '@ralph/protocol/cli/shell-words';
import { parkAgain, salvage } from './attempt-refs.ts';
import type { Bench } from '../site/bench.ts';
import type { Candidate } from './candidate.ts';
import { hasNoRecord, readRecord, removeRecord, type IntegrationRecord } from './integration-record.ts';
import { Job } from './job.ts';
import { hasMarker, removeMarker } from './marker.ts';
import { filesInConflict } from '../prepare/rebase.ts';
import { trackingRef } from '../site/settings.ts';
import { startingPoint } from './starting-point.ts';
import { isAncestor } from '../push/target.ts';
import { hasHiddenFiles, showHiddenFiles } from '../workspace/hidden-files.ts';
import { standingOf } from '../workspace/standing.ts';
import { branchInHead, branchOf, headOf, putHeadOn, type Workspace } from '../workspace/workspace.ts';
import { bindRemote } from '../workspace/workspace-remote.ts';
import { hasLocks, isRebasing, removeStaleLocks, undoRebase } from '../workspace/workspace-recovery.ts';
import { git } from '../workspace/workspace-git.ts';

/**
 * Looks at what is true in a workspace and makes it fit to begin: what a killed integration left is cleared away, what
 * a person did in a blocked workspace is taken over, and what nobody can explain is kept under a salvage ref.
 *
 * @param seen `tip`: the parked tip of the attempt; `head`: where HEAD of the workspace was a moment ago
 * @throws Failure `workspace_dirty` when somebody's unfinished edits or rebase are in it; nothing of them is touched
 */
export async function beginJob(
  bench: Bench,
  candidate: Candidate,
  workspace: Workspace,
  { tip, head: seen }: { readonly tip: string; readonly head: string | undefined },
): Promise<Job> {
  const wasBlocked = hasMarker(workspace);
  const isFresh = !wasBlocked && hasNoRecord(workspace) && !isRebasing(workspace) && !hasLocks(workspace);
  // No integration has begun in there, and to look at all processes of the machine takes some milliseconds.
  if (!isFresh) await removeStaleLocks(workspace, bench.stop);
  const record = wasBlocked ? undefined : readRecord(workspace);
  if (isRebasing(workspace)) {
    // Ours writes its record before it begins, and takes the record away when it blocks.
    if (record?.tip !== tip || record.head !== null) throw dirty(candidate, 'a rebase that is not finished');
    const begunOn = await undoRebase(workspace);
    await putHeadOn(workspace, tip, begunOn ?? (await branchOf(workspace)));
  } else if (record?.tip === tip && record.head === null && (await filesInConflict(workspace)).length > 0) {
    // What a resolver of ours has not finished.
    await putHeadOn(workspace, tip, await branchOf(workspace));
  }
  await bindRemote(bench.settings, workspace.path);
  const head = (isFresh ? seen : undefined) ?? (await headOf(workspace));
  const onTarget = head === tip || (await isAncestor(workspace.path, head, trackingRef(bench.settings)));
  const start = startingPoint({ head, tip, record, onTarget, wasBlocked });
  if (start !== 'tip') await requireClean(candidate, workspace);
  if (start === 'adopt') await parkAgain(bench.settings.root, candidate, workspace.path, { from: tip, to: head });
  if (start === 'stray') await keep(bench, candidate, workspace, head);
  const known = start === 'tip' && record?.tip === tip ? record : undefined;
  if (known === undefined) removeRecord(workspace);
  removeMarker(workspace);
  return new Job({
    bench,
    candidate,
    workspace,
    branch: await branchOf(workspace),
    tip: start === 'adopt' ? head : tip,
    pushed: record?.tip === tip ? sentBy(record) : [],
    interrupted: known !== undefined,
  });
}

/** The last one may have been sent, and the process killed before it could say so. */
function sentBy({ pushed, head }: IntegrationRecord): string[] {
  return head === null || pushed.includes(head) ? [...pushed] : [...pushed, head];
}

/** So long a look at a workspace counts; a rebase refuses to go over edits all the same. */
const FRESH_MS = 2000;

/** Changed by us alone when the work was interrupted: the move to done is made anew from the target. */
const BOOKS: ReadonlySet<string> = new Set([RALPH_PATHS.queue, RALPH_PATHS.done]);

/**
 * Makes sure that nothing is lost when the tracked files are put on another commit.
 *
 * @returns whether HEAD, index and files are all on the tip of the job already
 * @throws Failure `workspace_dirty`
 */
export async function clearForReset(job: Job): Promise<'on_tip' | 'elsewhere'> {
  const { bench, candidate, workspace, interrupted, tip, branch, onTip } = job;
  if (onTip?.tip === tip && performance.now() - onTip.at < FRESH_MS) return 'on_tip';
  const { head, changed: open, isInMidst } = await standingOf(workspace);
  if (!interrupted && open.length > 0) throw edited(candidate, open);
  const wereHidden = await showHiddenFiles(workspace);
  const { changed } = wereHidden ? await standingOf(workspace) : { changed: open };
  if (changed.length === 0 && !wereHidden && !isInMidst && head === tip) {
    return branchInHead(workspace.gitDir) === branch ? 'on_tip' : 'elsewhere';
  }
  if (changed.every((path) => interrupted && BOOKS.has(path))) return 'elsewhere';
  const edits = (await git(['stash', 'create'], { cwd: workspace.path })).trim();
  if (edits !== '') await keep(bench, candidate, workspace, edits);
  return 'elsewhere';
}

/** Looks ahead whether a workspace is on the tip with nothing beside it; changes nothing in it, and never throws. */
export async function lookWhetherOnTip(job: Job): Promise<void> {
  const { workspace, interrupted, tip, branch } = job;
  if (interrupted) return;
  const at = performance.now();
  try {
    const [{ head, changed, isInMidst }, hidden] = await Promise.all([
      standingOf(workspace),
      hasHiddenFiles(workspace),
    ]);
    const isThere = head === tip && branchInHead(workspace.gitDir) === branch;
    if (isThere && changed.length === 0 && !isInMidst && !hidden) job.onTip = { tip, at };
  } catch {
    // It is looked at again when that is needed.
  }
}

async function keep(
  { settings, output }: Bench,
  candidate: Candidate,
  workspace: Workspace,
  commit: string,
): Promise<void> {
  const kept = await salvage(settings.root, candidate, workspace.path, commit);
  if (kept === undefined) return;
  const { taskId: task_id, attempt } = candidate;
  await output.event('work.salvaged', {
    task_id,
    attempt,
    ...kept,
    reason: 'found in the workspace beside the attempt',
  });
}

async function requireClean(candidate: Candidate, workspace: Workspace): Promise<void> {
  const { changed: files } = await standingOf(workspace);
  if (files.length > 0) throw edited(candidate, files);
}

function edited(candidate: Candidate, files: readonly string[]): Failure {
  return dirty(candidate, `edits that are not committed (${files.slice(0, 5).join(', ')})`);
}

function dirty({ workspacePath }: Candidate, what: string): Failure {
  return new Failure('workspace_dirty', `${workspacePath} holds ${what}`, {
    hint: `${commandLine(['git', '-C', workspacePath, 'status'])}  # commit or discard it there, then land it again`,
  });
}
