import { commandLine } from '@ralph/protocol/cli/shell-words';
import { Failure } from '@ralph/protocol/contract/failure';
import type { WorkerRecord } from '@ralph/protocol/contract/state-file';
import type { Activity } from './record-activity.ts';

interface Situation {
  /** The state file. */
  readonly path: string;
  /** Its target branch; empty when it is missing. */
  readonly from: string;
  readonly to: string;
  readonly active: readonly { readonly record: WorkerRecord; readonly activity: Activity }[];
}

/**
 * Returns the failure for a target branch that cannot be set while somebody is at work (reference: start-up, recovery
 * options). Unlike the reference's, its second way on asks nobody to delete a file.
 */
export function unsafeToRetarget({ path, from, to, active }: Situation): Failure {
  const parts = {
    hint: recoveryOptions({ path, from, to, active }),
    details: { path, target_branch: from, current_branch: to, active: active.length },
  };
  const many = `because ${active.length} worker(s) are active.`;
  return from === ''
    ? new Failure(
        'target_branch_missing',
        `Parallel state target branch is missing. Unsafe to populate from current branch '${to}' ${many}`,
        parts,
      )
    : new Failure(
        'target_branch_mismatch',
        `Parallel state target branch '${from}' does not match current branch '${to}'. Unsafe to retarget ${many}`,
        parts,
      );
}

function recoveryOptions({ path, from, active }: Situation): string {
  const alive = active.filter(({ activity }) => activity === 'at_work').map(({ record }) => record.task_id);
  const believed = active.filter(({ activity }) => activity !== 'at_work').map(({ record }) => record.task_id);
  const drop = believed.map((id) => commandLine(['ralph-state', 'remove', id, '--force'])).join(' && ');
  const ways = [`checkout ${branchOf(from, active)} and resume the parallel run`];
  if (alive.length > 0) {
    const end =
      alive.length === 1
        ? `${alive.join('')} has ended, or stop its run`
        : `${alive.join(', ')} have ended, or stop their run`;
    ways.push(`wait until ${end}; while it is at work do not delete '${path}'`);
  }
  if (believed.length > 0) {
    ways.push(`if you are certain no parallel run is active: ${drop}; there is no need to delete '${path}'`);
  }
  return `Recovery options: ${ways.map((way, index) => `${index + 1}) ${way}`).join(' ')}`;
}

function branchOf(from: string, active: Situation['active']): string {
  const branches = new Set(from === '' ? active.map(({ record }) => record.target_branch ?? '') : [from]);
  const [only] = branches;
  return branches.size === 1 && only !== undefined && only !== '' ? `'${only}'` : 'the original base branch';
}
