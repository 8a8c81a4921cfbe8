import { join } from 'node:path';
import { commandLine } from '@ralph/protocol/cli/shell-words';
import type { EventOf } from '@ralph/protocol/contract/events';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import type { Found } from './gather-leftovers.ts';
import type { Leftover } from './leftover.ts';

export interface FinishedAttempt {
  readonly taskId: string;
  readonly attempt: number;
  /** Its workspace, where that was made again. */
  readonly path?: string | undefined;
}

/** Returns what the worker of an attempt told, or would have told, when its work was ready. */
export function finishedAnew(
  repo: string,
  { records, workspaces }: Found,
  { taskId, attempt, path }: FinishedAttempt,
): EventOf<'agent.finished'> {
  const [record, workspace] = [records.get(taskId), workspaces.get(taskId)];
  const { finished } = workspace ?? {};
  const head = finished?.head_commit ?? workspace?.parked_commit ?? record?.head_commit ?? '';
  const title = finished?.title ?? record?.title;
  return {
    v: 1,
    type: 'agent.finished',
    at: new Date().toISOString(),
    task_id: taskId,
    attempt,
    exit_code: 0,
    signal: null,
    reason: 'exited',
    workspace_path: path ?? workspace?.workspace_path ?? record?.workspace_path ?? '',
    base_commit: workspace?.base_commit ?? record?.base_commit ?? head,
    head_commit: head,
    commits: finished?.commits ?? 1,
    changed_files: finished?.changed_files ?? 0,
    log_path: finished?.log_path ?? record?.log_path ?? join(repo, RALPH_PATHS.logs, `${taskId}.${attempt}.log`),
    duration_ms: finished?.duration_ms ?? 0,
    ...(title === undefined ? {} : { title }),
    ...(finished?.command === undefined ? {} : { command: finished.command }),
    ...(finished?.prompt === undefined ? {} : { prompt: finished.prompt }),
    ...(finished?.resume_command === undefined ? {} : { resume_command: finished.resume_command }),
    ...(finished?.session === undefined ? {} : { session: finished.session }),
    ...(finished?.session_usage === undefined ? {} : { session_usage: finished.session_usage }),
    ...(finished?.usage === undefined ? {} : { usage: finished.usage }),
  };
}

/** Returns what the integrator told, or would have told, when it kept a workspace for a person. */
export function blockedAnew(repo: string, { taskId, workspace }: Leftover, attempt: number): EventOf<'task.blocked'> {
  return {
    v: 1,
    type: 'task.blocked',
    at: new Date().toISOString(),
    task_id: taskId,
    attempt,
    reason: workspace?.blocked?.reason ?? '',
    code: workspace?.blocked?.code ?? 'internal',
    attempts: workspace?.blocked?.attempts ?? 1,
    workspace_path: workspace?.path ?? '',
    next_command: commandLine(['ralph-orchestrate', 'retry', taskId, '--repo', repo]),
  };
}
