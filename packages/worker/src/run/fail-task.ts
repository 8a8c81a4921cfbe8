import { commandLine } from '@ralph/protocol/cli/shell-words';
import { existsSync } from 'node:fs';
import type { EventFields } from '@ralph/protocol/contract/events';
import { asIoFailure, isFailure, type Failure, type FailureCode } from '@ralph/protocol/contract/failure';
import { attemptRef } from '@ralph/protocol/contract/paths';
import type { Task } from '@ralph/protocol/contract/task';
import type { AttemptFailure } from './judge.ts';
import type { AttemptGuard } from './attempt-guard.ts';
import type { RunContext } from './run-context.ts';

/** One attempt at a task that we have claimed. */
export interface Attempt {
  readonly task: Task;
  readonly number: number;
  readonly path: string;
  readonly logPath: string;
  readonly guard: AttemptGuard;
}

interface Reason {
  readonly code: FailureCode;
  readonly reason: string;
  /** The next command, ready to be pasted. */
  readonly next: string | undefined;
}

/** With the last lines of the agent; an error may have come before it printed any. */
type Why = (AttemptFailure | { readonly error: unknown }) & { readonly lastLines: readonly string[] };

/**
 * Closes an attempt that came to nothing: keeps what it left, removes its workspace, lets the claim go, and says so.
 * The claim is free before `task.failed` is seen, so that whoever answers it with a retry is not turned away. When the
 * work cannot be kept, the workspace stays and the event says why.
 */
export async function closeFailedAttempt(
  context: RunContext,
  attempt: Attempt,
  how: Why & { readonly parked: boolean },
): Promise<void> {
  const { task, number, path } = attempt;
  const of = { task_id: task.id, attempt: number };
  const why = reasonOf(context, how);
  const retryAfter = retryAfterOf(how);
  const { removal, problem } = await attempt.guard.close(why.reason);
  const { salvaged, removed, leftover } = removal;
  if (salvaged !== undefined) {
    await context.output.event('work.salvaged', {
      ...of,
      ref: salvaged.ref,
      commit: salvaged.commit,
      reason: why.reason,
    });
  }
  const rest = leftover === undefined ? '' : `; ${leftover.problem}`;
  const reason =
    problem === undefined ? `${why.reason}${rest}` : `${why.reason}; the workspace is kept, since ${problem}`;
  const kept = salvaged?.ref ?? (how.parked ? attemptRef(task.id, number) : undefined);
  const hasLog = existsSync(attempt.logPath);
  const showLog = ['ralph-worker', 'logs', task.id, '--attempt', String(number), '--repo', context.site.repo.root];
  const next = hasLog ? commandLine(showLog) : why.next;
  const last_lines = lastLinesOf(how);
  await context.output.event('task.failed', {
    ...of,
    reason,
    code: why.code,
    ...(kept === undefined ? {} : { salvage_ref: kept }),
    ...(hasLog ? { log_path: attempt.logPath } : {}),
    ...(next === undefined ? {} : { next_command: next }),
    ...(last_lines.length === 0 ? {} : { last_lines }),
    ...(retryAfter === undefined ? {} : { retry_after: retryAfter }),
  });
  if (removed) await context.output.event('workspace.removed', { ...of, workspace_path: path });
}

/** What the agent printed last, or the set-up that it could not be started after. */
function lastLinesOf(how: Why): string[] {
  if ('code' in how || how.lastLines.length > 0) return [...how.lastLines];
  const lines = isFailure(how.error) ? how.error.parts.details?.['last_lines'] : undefined;
  return Array.isArray(lines) ? lines.filter((line) => typeof line === 'string') : [];
}

/** Tells that a task was not begun: another process works on it, or no agent may be started now. */
export async function skipTask({ output }: RunContext, task: Task, { code, message, parts }: Failure): Promise<void> {
  const next = parts.hint === undefined ? {} : { next_command: parts.hint };
  const again = parts.retryAfter === undefined ? {} : { retry_after: parts.retryAfter };
  await output.event('task.skipped', { task_id: task.id, reason: message, code, ...next, ...again });
}

/** Tells that a task failed before it could be claimed. */
export async function failTask(context: RunContext, task: Task, error: unknown): Promise<void> {
  const { code, reason, next } = reasonOf(context, { error, lastLines: [] });
  const fields: EventFields<'task.failed'> = { task_id: task.id, attempt: task.attempt ?? 1, reason, code };
  await context.output.event('task.failed', next === undefined ? fields : { ...fields, next_command: next });
}

function retryAfterOf(why: Why): number | undefined {
  if ('code' in why) return why.retryAfterS;
  return isFailure(why.error) ? why.error.parts.retryAfter : undefined;
}

/** A stop explains every error that it causes on its way. */
function reasonOf(context: RunContext, why: Why): Reason {
  const { signal, output } = context;
  if ('code' in why) return { code: why.code, reason: why.reason, next: undefined };
  if (signal.aborted) return { code: 'cancelled', reason: 'the run was stopped', next: undefined };
  const error = asIoFailure(why.error, 'use a file');
  if (isFailure(error)) return { code: error.code, reason: error.message, next: nextCommand(context, error) };
  output.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return { code: 'internal', reason: error instanceof Error ? error.message : String(error), next: undefined };
}

/** Most hints are prose; they follow, as a comment, the command that checks what they are about. */
function nextCommand({ site, branch }: RunContext, { code, parts }: Failure): string | undefined {
  const { hint } = parts;
  if (hint === undefined || code === 'agent_spawn_failed') return hint;
  // No command of ours tells more about it.
  if (code === 'task_unsafe_id') return `# ${hint}`;
  const root = site.isDefaultRoot ? [] : ['--workspace-root', site.root];
  const check = ['ralph-worker', 'preflight', '--repo', site.repo.root, '--target-branch', branch, ...root];
  return `${commandLine(check)}  # ${hint}`;
}
