// What becomes of what an earlier run has left: a pure decision, taken by `run` before it starts anything and told by
// `status` without doing it.
import type { Leftover, LeftRecord, LeftWorkspace, Planned } from './leftover.ts';

type Verdict = Omit<Planned, 'leftover'>;

/**
 * Judges every leftover by evidence (reference: start-up and recovery, which looks at the records alone): what lives is
 * waited for or left, finished work is adopted, what is kept for a person stays, and the rest is cleared away once its
 * work is safe. What needs nothing is not in the plan.
 *
 * @param targetBranch where this run lands its work
 */
export function recover(leftovers: readonly Leftover[], targetBranch: string): Planned[] {
  return leftovers.flatMap((leftover) => {
    const verdict = judge(leftover, targetBranch);
    return verdict === undefined ? [] : [{ leftover, ...verdict }];
  });
}

function judge(leftover: Leftover, target: string): Verdict | undefined {
  switch (leftover.claim) {
    case 'ending':
      return verdict('waited_for', { kind: 'wait' }, 'a program of an earlier run is just ending it');
    case 'held':
      return verdict('kept', { kind: 'leave' }, 'another process works on it');
    case 'free':
      return judgeFree(leftover, target);
  }
}

function judgeFree({ record: told, workspace: found, wanted }: Leftover, target: string): Verdict | undefined {
  if (told?.activity === 'at_work') return verdict('kept', { kind: 'leave' }, 'another process works on it');
  if (told?.activity === 'believed') {
    const why = 'its record names no process: ralph-agent-loop may be at work on it, and is believed for a day';
    return verdict('kept', { kind: 'leave' }, why);
  }
  const workspace = isPreparedByHand(found, told) ? undefined : found;
  if (workspace !== undefined && isOvertaken(workspace, told)) {
    return verdict('cleared', remove(workspace), 'its workspace is that of an attempt that a later one has replaced');
  }
  const record = isOutdated(told, workspace) ? undefined : told;
  switch (record?.activity) {
    case 'at_work':
    case 'believed':
      // Left alone above.
      return undefined;
    case 'ended':
      return judgeEnded(record, workspace);
    case undefined:
    case 'given_up':
    case 'waiting':
    case 'lost':
      return workspace === undefined
        ? judgeRecord(record, wanted, target)
        : judgeWorkspace(workspace, { wanted, target });
  }
}

/** A person may prepare a workspace for a task that has a record of an earlier attempt. */
function isPreparedByHand(workspace: LeftWorkspace | undefined, record: LeftRecord | undefined): boolean {
  return workspace?.phase === 'prepared' && record?.attempt !== workspace.attempt;
}

function isOvertaken({ attempt, isSuperseded }: LeftWorkspace, record: LeftRecord | undefined): boolean {
  // A later attempt that never got a workspace takes nothing from a person.
  if (record?.lifecycle === 'blocked_push' && record.attempt === attempt) return false;
  return isSuperseded || (attempt !== undefined && attempt < (record?.attempt ?? 0));
}

/** An attempt begins with its workspace; its record comes after that. */
function isOutdated(record: LeftRecord | undefined, workspace: LeftWorkspace | undefined): boolean {
  return record?.attempt !== undefined && record.attempt < (workspace?.attempt ?? 0);
}

function judgeEnded(record: LeftRecord, workspace: LeftWorkspace | undefined): Verdict | undefined {
  switch (record.lifecycle) {
    case 'completed':
    case 'failed':
      if (workspace === undefined) return undefined;
      return verdict('cleared', remove(workspace), `had ${record.lifecycle} before this run: its workspace goes`);
    case 'blocked_push':
      // What was asked for is taken up as soon as the run chooses its tasks.
      if (record.isAskedFor || workspace === undefined) return undefined;
      return verdict(
        'kept',
        { kind: 'leave' },
        record.isPublished ? 'it awaits a review' : 'it is blocked: kept for a person',
      );
    case 'running':
    case 'integrating':
      return undefined;
  }
}

interface Aim {
  readonly wanted: Leftover['wanted'];
  readonly target: string;
}

function judgeWorkspace(workspace: LeftWorkspace, { wanted, target }: Aim): Verdict {
  const { attempt, phase, targetBranch, hasWork, blocked } = workspace;
  if (blocked !== undefined) {
    const why = `it was kept for a person: ${blocked.reason}`;
    return verdict('kept', attempt === undefined ? { kind: 'leave' } : { kind: 'record_blocked', attempt }, why);
  }
  switch (phase) {
    case 'finished':
      if (attempt === undefined || !hasWork)
        return again(remove(workspace), wanted, 'its commits are not kept as a ref');
      if (targetBranch !== undefined && targetBranch !== target) {
        return again(remove(workspace), wanted, `it was made for ${targetBranch}`);
      }
      return finished({ kind: 'adopt', attempt, restore: false }, wanted);
    case 'prepared':
    case 'running':
    case undefined:
      return again({ kind: 'reap' }, wanted, 'its agent was ended before its work was finished');
  }
}

function judgeRecord(record: LeftRecord | undefined, wanted: Aim['wanted'], target: string): Verdict | undefined {
  if (record === undefined || record.activity === 'given_up') return undefined;
  const { attempt, hasWork, targetBranch = target } = record;
  if (hasWork && attempt !== undefined && targetBranch === target) {
    return finished({ kind: 'adopt', attempt, restore: true }, wanted);
  }
  return again({ kind: 'forget' }, wanted, 'nobody works on it any more and its workspace is gone');
}

function finished(remedy: Extract<Verdict['remedy'], { kind: 'adopt' }>, wanted: Aim['wanted']): Verdict {
  switch (wanted) {
    case 'here':
      return verdict('adopted', remedy, 'its work is finished: it is landed without another agent');
    case 'in_queue':
      return verdict('kept', { kind: 'leave' }, 'its work is finished: a run over the queue lands it');
    case 'landed':
      return verdict('adopted', remedy, 'its work has landed, and nobody has recorded that');
    case 'nowhere':
      return verdict('kept', { kind: 'leave' }, 'its work is finished, but the task is not in the queue any more');
  }
}

function again(remedy: Verdict['remedy'], wanted: Aim['wanted'], why: string): Verdict {
  switch (wanted) {
    case 'here':
      return verdict('requeued', remedy, `${why}: it is begun anew`);
    case 'in_queue':
      return verdict('requeued', remedy, `${why}: a run over the queue begins it anew`);
    case 'nowhere':
    case 'landed':
      return verdict('cleared', remedy, `${why}, and the task is not in the queue any more`);
  }
}

function remove({ attempt }: LeftWorkspace): Verdict['remedy'] {
  return { kind: 'remove', attempt };
}

function verdict(action: Verdict['action'], remedy: Verdict['remedy'], reason: string): Verdict {
  return { action, remedy, reason };
}
