import { Failure } from '@ralph/protocol/contract/failure';
import type { StateFile, WorkerRecord } from '@ralph/protocol/contract/state-file';
import { emptyState, revisionOf } from '../store/state-document.ts';
import { isOutlived } from './pruning.ts';
import type { Activity } from './record-activity.ts';

/** What start-up has to know of the world around the state file. */
export interface Surroundings {
  readonly path: string;
  readonly targetBranch: string;
  readonly now: Date;
  readonly activityOf: (record: WorkerRecord) => Activity;
  readonly workspaceExists: (path: string) => boolean;
}

export interface StartUp {
  readonly state: StateFile;
  readonly changed: boolean;
  /** What was done that a person should hear of. */
  readonly notes: readonly string[];
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
    return { state: { ...emptyState(around.targetBranch, at), revision: 1 }, changed: true, notes: [] };
  }
  const notes: string[] = [];
  const kept = before.workers.filter((record) => !isOutlived(record, around.now, around.workspaceExists));
  const workers = kept.map((record) => {
    if (around.activityOf(record) !== 'lost') return record;
    notes.push(`${record.task_id} was ${record.lifecycle}, but its process is gone: it is failed now`);
    return lost(record, at);
  });
  const retargeted = retarget(before, workers.filter((record) => isAtWork(around.activityOf(record))).length, around);
  if (retargeted) notes.push(retargetNote(before, around.targetBranch));
  const changed = retargeted || notes.length > 0 || kept.length < before.workers.length;
  if (!changed) return { state: before, changed, notes };
  const branch = retargeted ? { target_branch: around.targetBranch, started_at: at } : {};
  return { state: { ...before, ...branch, workers, revision: revisionOf(before) + 1 }, changed, notes };
}

function lost(record: WorkerRecord, at: string): WorkerRecord {
  return {
    ...record,
    lifecycle: 'failed',
    completed_at: at,
    last_error: 'lost: its process is gone',
    error_code: 'agent_failed',
  };
}

function retarget(state: StateFile, active: number, { targetBranch, path }: Surroundings): boolean {
  const from = state.target_branch;
  if (from === targetBranch) return false;
  if (active === 0) return true;
  const parts = { details: { path, target_branch: from, current_branch: targetBranch, active } };
  if (from === '') {
    throw new Failure(
      'target_branch_missing',
      `the state file's target branch is missing, and ${workers(active)} active: it cannot be set to '${targetBranch}'`,
      {
        hint: `checkout the branch that they started from and resume; or, if surely no run is active, delete '${path}'`,
        ...parts,
      },
    );
  }
  throw new Failure(
    'target_branch_mismatch',
    `the state file's target branch '${from}' is not the current branch '${targetBranch}', and ${workers(active)} active`,
    { hint: `checkout '${from}' and resume; or, if surely no run is active, delete '${path}'`, ...parts },
  );
}

function isAtWork(activity: Activity): boolean {
  return activity === 'at_work' || activity === 'believed';
}

function workers(count: number): string {
  return count === 1 ? '1 worker is' : `${count} workers are`;
}

function retargetNote(before: StateFile, to: string): string {
  const what = before.target_branch === '' ? 'was missing' : `was '${before.target_branch}'`;
  return `the target branch ${what}; nobody is at work, so it is '${to}' now`;
}
