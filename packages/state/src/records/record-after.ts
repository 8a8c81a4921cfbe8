import { hasEndedWell } from '@ralph/protocol/contract/agent-end';
import { PUBLISHED } from '@ralph/protocol/contract/lifecycle';
import type { WorkerRecord } from '@ralph/protocol/contract/state-file';
import { failureCount, failuresAfter, withoutFailures } from './failures.ts';
import type { RecordEvent } from './lifecycle-rules.ts';

/**
 * Returns what the record of an attempt says after an event, or nothing when the event alone cannot make a record.
 * Pure: whether the step is allowed is decided elsewhere.
 *
 * @param current the record of this very attempt, if there is one
 * @param held the record of an earlier attempt, where there is one
 * @param targetBranch the branch that a new attempt is to land on; empty when it is not known
 */
export function recordAfter(
  event: RecordEvent,
  current: WorkerRecord | undefined,
  targetBranch: string,
  held?: WorkerRecord,
): WorkerRecord | undefined {
  const record = current ?? newRecord(event, targetBranch, held);
  switch (event.type) {
    case 'workspace.ready':
      return { ...record, workspace_path: event.workspace_path, base_commit: event.base_commit };
    case 'agent.started':
      return {
        ...record,
        ...titleOf(event),
        workspace_path: event.workspace_path,
        lifecycle: 'running',
        // The agents of all parts of a task are one attempt.
        started_at: event.phase === 'implement' || event.phase === 'review' ? record.started_at : event.at,
        identity: event.identity,
        base_commit: event.base_commit,
        log_path: event.log_path,
      };
    case 'agent.finished':
      return {
        ...record,
        ...titleOf(event),
        workspace_path: event.workspace_path,
        base_commit: event.base_commit,
        // With it a record says that its work waits for integration: what an agent was in the middle of does not.
        ...(hasEndedWell(event) ? { head_commit: event.head_commit } : {}),
        log_path: event.log_path,
      };
    case 'work.salvaged':
      return current === undefined ? undefined : { ...current, salvage_ref: event.ref };
    case 'integrate.started':
      return {
        ...withoutEnd(record, event.at),
        lifecycle: 'integrating',
        ...(event.identity === undefined ? {} : { identity: event.identity }),
      };
    case 'task.completed':
      return {
        ...withoutFailures(withoutEnd(record, event.at)),
        ...titleOf(event),
        workspace_path: event.workspace_path,
        lifecycle: 'completed',
        completed_at: event.at,
        push_attempts: event.push_attempts,
        pushed_commit: event.commit,
        ...(event.followups === undefined ? {} : { followups: event.followups }),
      };
    case 'task.published':
      // ralph-agent-loop knows no word for it: as a blocked task it is left alone there, too.
      return {
        ...withoutEnd(record, event.at),
        ...titleOf(event),
        workspace_path: event.workspace_path,
        lifecycle: 'blocked_push',
        completed_at: event.at,
        pushed_commit: event.commit,
        last_error: `awaits review as branch ${event.branch}${event.answer === undefined ? '' : ` (${event.answer})`}`,
        error_code: PUBLISHED,
        ...(event.land_command === undefined ? {} : { land_command: event.land_command }),
      };
    case 'task.blocked':
      return {
        ...withoutEnd(record, event.at),
        workspace_path: event.workspace_path,
        lifecycle: 'blocked_push',
        completed_at: event.at,
        push_attempts: event.attempts,
        last_error: event.reason,
        error_code: event.code,
        next_command: event.next_command,
        ...(event.land_command === undefined ? {} : { land_command: event.land_command }),
      };
    case 'task.failed':
      return {
        ...withoutEnd(record, event.at),
        lifecycle: 'failed',
        completed_at: event.at,
        last_error: event.reason,
        error_code: event.code,
        ...(event.salvage_ref === undefined ? {} : { salvage_ref: event.salvage_ref }),
        ...(event.log_path === undefined ? {} : { log_path: event.log_path }),
        ...(event.next_command === undefined ? {} : { next_command: event.next_command }),
        ...failuresAfter(event.code, event.attempt, record),
      };
  }
}

function newRecord({ task_id, at, attempt }: RecordEvent, targetBranch: string, held?: WorkerRecord): WorkerRecord {
  const counted = held === undefined || held.retry_requested_at !== undefined ? {} : failureCount(held);
  return {
    task_id,
    workspace_path: '',
    lifecycle: 'running',
    started_at: at,
    push_attempts: 0,
    attempt,
    ...(targetBranch === '' ? {} : { target_branch: targetBranch }),
    ...counted,
  };
}

function titleOf(event: { readonly title?: string | undefined }): { title?: string } {
  return event.title === undefined ? {} : { title: event.title };
}

/**
 * Takes off how an earlier end of the same attempt was told, and the request for a retry that work which goes on has
 * answered, with the count of failures that led to it. A request made after the event stands: the event is told once more, by a stream that is applied again.
 */
function withoutEnd(record: WorkerRecord, at: string): WorkerRecord {
  const {
    completed_at: _at,
    last_error: _error,
    error_code: _code,
    next_command: _next,
    land_command: _land,
    retry_requested_at: requestedAt,
    retry_fresh: isFresh,
    ...rest
  } = record;
  if (requestedAt === undefined) return rest;
  if (Date.parse(requestedAt) <= Date.parse(at)) return withoutFailures(rest);
  const fresh = isFresh === undefined ? {} : { retry_fresh: isFresh };
  return { ...rest, retry_requested_at: requestedAt, ...fresh };
}
