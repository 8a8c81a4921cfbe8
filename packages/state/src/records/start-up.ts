import type { StateFile, WorkerRecord } from '@ralph/protocol/contract/state-file';
import { emptyState, revisionAfter } from '../store/state-document.ts';
import { asFailed } from './lost-record.ts';
import { FAILURES_LIFETIME_MS, isOutlived } from './pruning.ts';
import { isAtWork, type Activity } from './record-activity.ts';
import { unsafeToRetarget } from './unsafe-to-retarget.ts';

/** What start-up has to know of the world around the state file. */
export interface Surroundings {
  readonly path: string;
  readonly targetBranch: string;
  readonly now: Date;
  /** How long a record is kept after its end, in milliseconds. */
  readonly lifetimeMs: number;
  readonly activityOf: (record: WorkerRecord) => Activity;
  readonly workspaceIsThere: (path: string) => boolean;
}

export interface StartUp {
  readonly state: StateFile;
  readonly changed: boolean;
  /** What was done that a person should hear of. */
  readonly notes: readonly string[];
  /** Records as they were whose process is gone: they are failed now. */
  readonly lost: readonly WorkerRecord[];
  /** Records whose work had ended before, and whose workspace is still there. */
  readonly finished: readonly WorkerRecord[];
}

/**
 * Makes a state fit for a new run (reference: start-up and recovery of a leftover file): outlived records go, records
 * whose process is gone become failed, and the target branch is set while nobody is at work. Pure.
 *
 * @throws Failure `target_branch_missing` or `target_branch_mismatch` while somebody is at work
 */
export function startUp(before: StateFile | undefined, around: Surroundings): StartUp {
  const at = around.now.toISOString();
  if (before === undefined) {
    return {
      state: { ...emptyState(around.targetBranch, at), revision: 1 },
      changed: true,
      notes: [],
      lost: [],
      finished: [],
    };
  }
  const notes: string[] = [];
  const lost: WorkerRecord[] = [];
  const rule = { ...around, failuresLifetimeMs: Math.max(around.lifetimeMs, FAILURES_LIFETIME_MS) };
  const kept = before.workers.filter((record) => !isOutlived(record, rule));
  const workers = kept.map((record) => {
    if (around.activityOf(record) !== 'lost') return record;
    lost.push(record);
    return asFailed(record, at);
  });
  const retargeted = retarget(before, workers, around);
  if (retargeted) notes.push(retargetNote(before, around.targetBranch));
  const changed = retargeted || lost.length > 0 || kept.length < before.workers.length;
  const finished = kept.filter((record) => isFinished(record) && around.workspaceIsThere(record.workspace_path));
  if (!changed) return { state: before, changed, notes, lost, finished };
  const branch = retargeted ? { target_branch: around.targetBranch, started_at: at } : {};
  return { state: { ...before, ...branch, workers, revision: revisionAfter(before) }, changed, notes, lost, finished };
}

/** A blocked one is not, nor what was lost just now: a person may still want to land it from its workspace. */
function isFinished({ lifecycle }: WorkerRecord): boolean {
  return lifecycle === 'completed' || lifecycle === 'failed';
}

function retarget(state: StateFile, workers: readonly WorkerRecord[], around: Surroundings): boolean {
  if (state.target_branch === around.targetBranch) return false;
  const active = workers
    .map((record) => ({ record, activity: around.activityOf(record) }))
    .filter(({ activity }) => isAtWork(activity));
  if (active.length === 0) return true;
  throw unsafeToRetarget({ path: around.path, from: state.target_branch, to: around.targetBranch, active });
}

function retargetNote(before: StateFile, to: string): string {
  const what = before.target_branch === '' ? 'was missing' : `was '${before.target_branch}'`;
  return `the target branch ${what}; nobody is at work, so it is '${to}' now`;
}
