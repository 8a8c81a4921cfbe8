import * as z from 'zod';
import { AGENT_EVENTS } from './agent-events.ts';
import { commitId, envelope, taskEnvelope } from './envelope.ts';
import { lifecycle, processIdentity, workerRecord } from './state-file.ts';
import { lockRecord } from './lock-record.ts';
import { task } from './task.ts';
import { followups } from './followups.ts';
import { receipt } from './receipt.ts';
import { usage } from './usage.ts';

const milliseconds = z.int().min(0).describe('milliseconds');
const reason = z.string().describe('words for a person');
const code = z.string().describe('a failure code');

const revision = z.int().min(0).describe('of the state file after the change; 0 without a file');
const before = lifecycle.nullable().describe('null where there was no record');

const gate = z.string().optional().describe('name of the gate, where there are several');

const taskIds = z.array(z.string()).describe('task ids, in the order in which they were started');
const runCounts = z.looseObject({
  landed: z.int().min(0),
  failed: z.int().min(0),
  blocked: z.int().min(0),
  waiting: z.int().min(0).describe('tasks left that could not be started'),
  published: z.int().min(0).optional().describe('tasks that wait for a review'),
});

/** Why a run started nothing more although there may have been something to start. */
export const STOP_REASONS = ['asked', 'failures', 'max_tasks', 'limit', 'budget', 'signal', 'lost'] as const;

/** How a task stands when its receipt is written. */
export const RECEIPT_RESULTS = ['landed', 'published', 'failed', 'blocked', 'unfinished'] as const;

export const RECOVERY_ACTIONS = ['adopted', 'requeued', 'cleared', 'kept', 'waited_for'] as const;

export const RUN_OUTCOMES = [
  'completed',
  'partial',
  'no_candidates',
  'blocked',
  'stopped',
  'limit',
  'interrupted',
] as const;

export const CI_FAILURE_CAUSES = ['red', 'already_red', 'timeout'] as const;

export const REMEDY_RESULTS = ['resolved', 'unresolved', 'failed', 'timeout'] as const;

export const PUSH_VERDICTS = ['race', 'policy', 'auth', 'network', 'local', 'unknown'] as const;

/** Every event of the stream by its type. A type that is not here is passed through unchanged. */
export const EVENTS = {
  'run.started': envelope.extend({
    run_id: z.string(),
    target_branch: z.string(),
    workers: z.int().min(1),
    loop: z.string().optional().describe('name of a second loop, which runs beside that of the main worktree'),
    repo_root: z.string().optional().describe('of a second loop: its worktree'),
    gates: z.int().min(0).optional().describe('how many gates each piece of work has to pass'),
    given_tasks: z.int().min(0).optional().describe('how many tasks were handed over in place of the queue'),
  }),
  'run.finished': envelope.extend({
    run_id: z.string(),
    outcome: z.enum(RUN_OUTCOMES),
    counts: runCounts,
    landed: taskIds,
    failed: taskIds,
    blocked: taskIds,
    published: taskIds.optional(),
    stop_reason: z.enum(STOP_REASONS).optional().describe('why it started nothing more'),
    retry_after: z.int().min(0).optional().describe('seconds after which it may go on'),
    duration_ms: milliseconds,
    totals: receipt.optional().describe('what all tasks of the run have cost together'),
  }),
  'run.stopping': envelope.extend({ run_id: z.string(), stop_reason: z.enum(STOP_REASONS), reason }),
  'run.paused': envelope.extend({
    run_id: z.string(),
    code,
    reason,
    retry_after: z.int().min(0).describe('seconds for which no agent is started'),
  }),
  'task.selected': envelope.extend({
    task_id: z.string().min(1),
    attempt: z.int().min(1).optional().describe('where there was an earlier one'),
    title: z.string().optional(),
    how: z.enum(['start', 'adopt']).describe('adopt: its work is finished and is to be landed'),
  }),
  'task.receipt': envelope.extend({
    run_id: z.string(),
    task_id: z.string().min(1),
    result: z.enum(RECEIPT_RESULTS),
    title: z.string().optional(),
    receipt: receipt.describe('what it has cost in this run so far; the last one of a task counts'),
  }),
  'task.recovered': envelope.extend({
    task_id: z.string().min(1),
    attempt: z.int().min(1).optional(),
    action: z.enum(RECOVERY_ACTIONS).describe('what becomes of what an earlier run has left'),
    reason,
    salvage_ref: z.string().optional(),
  }),
  'lock.acquired': envelope.extend({ path: z.string(), holder: lockRecord }),
  'lock.busy': envelope.extend({ path: z.string(), holder: lockRecord.nullable() }),
  'lock.released': envelope.extend({ path: z.string() }),
  'lock.lost': envelope.extend({ path: z.string(), reason }),
  task: envelope.extend({ task_id: z.string(), attempt: z.int().min(1).optional(), task }),
  'workspace.ready': taskEnvelope.extend({
    workspace_path: z.string(),
    base_commit: commitId,
    reused: z.boolean().describe('whether its files are those of a warm workspace'),
    setup: z.enum(['ran', 'reused', 'shared']).optional().describe('how it came by what its set-up makes'),
    duration_ms: milliseconds,
  }),
  'workspace.removed': taskEnvelope.extend({ workspace_path: z.string() }),
  ...AGENT_EVENTS,
  'work.salvaged': taskEnvelope.extend({ ref: z.string(), commit: commitId, reason }),
  'integrate.started': taskEnvelope.extend({
    base: z.string().describe('what the work is rebased onto'),
    identity: processIdentity.optional().describe('who integrates'),
  }),
  'rebase.done': taskEnvelope.extend({ commit: commitId, base_commit: commitId }),
  'rebase.conflicted': taskEnvelope.extend({ files: z.array(z.string()) }),
  'ci.started': taskEnvelope.extend({
    command: z.string(),
    tree: commitId,
    gate,
    with: z.array(z.string()).optional().describe('tasks that are judged together with this one'),
  }),
  'ci.passed': taskEnvelope.extend({
    tree: commitId,
    cached: z.boolean(),
    duration_ms: milliseconds,
    gate,
    flaky: z.boolean().optional().describe('whether it failed first, on the same tree'),
  }),
  'ci.failed': taskEnvelope.extend({
    tree: commitId,
    gate,
    cause: z.enum(CI_FAILURE_CAUSES).optional().describe('already_red: the target branch fails by itself'),
    exit_code: z.int().nullable(),
    signal: z.string().nullable(),
    timed_out: z.boolean(),
    log_path: z.string(),
    tail: z.string(),
    duration_ms: milliseconds,
  }),
  'remediation.started': taskEnvelope.extend({
    remedy: z.int().min(1).describe('which try this is'),
    code,
    handoff_path: z.string(),
    log_path: z.string(),
  }),
  'remediation.finished': taskEnvelope.extend({
    remedy: z.int().min(1),
    result: z.enum(REMEDY_RESULTS),
    reason: z.string().optional().describe('why it counts for nothing'),
    commit: commitId.optional().describe('the new tip of the attempt'),
    duration_ms: milliseconds,
    usage: usage.optional().describe('what it said that it used; absent where it did not say'),
    last_lines: z.array(z.string()).optional().describe('the last lines of its output that say something'),
  }),
  'push.rejected': taskEnvelope.extend({ verdict: z.enum(PUSH_VERDICTS), message: z.string() }),
  'task.skipped': envelope.extend({
    task_id: z.string().min(1),
    reason,
    code,
    next_command: z.string().optional(),
    retry_after: z.int().min(0).optional().describe('seconds after which it may be started, where that was said'),
  }),
  'task.completed': taskEnvelope.extend({
    commit: commitId,
    push_attempts: z.int().min(0),
    ci_runs: z.int().min(0),
    workspace_path: z.string(),
    title: z.string().optional(),
    followups: followups.optional().describe('tasks to be added to a queue that is not tracked by git'),
  }),
  'task.published': taskEnvelope.extend({
    branch: z.string().describe('where it waits for a review; the target branch is untouched'),
    commit: commitId,
    base_commit: commitId,
    ci_runs: z.int().min(0),
    workspace_path: z.string(),
    title: z.string().optional(),
    answer: z.string().optional().describe('last line of what the command of a pull request printed'),
    summary_path: z.string().optional().describe('what a reviewer reads first, in Markdown'),
    land_command: z.string().optional().describe('what finds it on the target branch after it was merged'),
  }),
  'task.blocked': taskEnvelope.extend({
    reason,
    code,
    attempts: z.int().min(0),
    workspace_path: z.string(),
    next_command: z.string().describe('what a person types next'),
    land_command: z.string().optional().describe('what lands it after a person has mended it'),
    log_path: z.string().optional().describe('what the command printed that is the reason: a gate, a resolver'),
    last_lines: z.array(z.string()).optional().describe('the last lines of that which say something'),
  }),
  'task.failed': taskEnvelope.extend({
    reason,
    code,
    salvage_ref: z.string().optional(),
    log_path: z.string().optional(),
    next_command: z.string().optional(),
    retry_after: z.int().min(0).optional().describe('seconds after which it may be tried again, where that was said'),
    last_lines: z.array(z.string()).optional().describe('the last lines of output that say something'),
  }),
  'watch.started': envelope.extend({
    path: z.string(),
    revision,
    target_branch: z.string(),
    records: z.int().min(0).describe('how many there are'),
  }),
  'record.changed': envelope.extend({
    task_id: z.string().min(1),
    lifecycle,
    before,
    revision,
    record: workerRecord,
  }),
  'record.removed': envelope.extend({ task_id: z.string().min(1), before: lifecycle, revision }),
  'state.retargeted': envelope.extend({ target_branch: z.string(), before: z.string(), revision }),
} as const satisfies Record<string, z.ZodType>;

export type EventType = keyof typeof EVENTS;

export type EventOf<T extends EventType> = z.infer<(typeof EVENTS)[T]> & { type: T };

export type AnyEvent = { [T in EventType]: EventOf<T> }[EventType];

/** What a program fills in; the envelope is added when the event is written. */
export type EventFields<T extends EventType> = {
  [K in keyof EventOf<T> as Exclude<K, 'v' | 'at' | 'type'>]: EventOf<T>[K];
};

/** Orders on a coprocess's stdin: they are acted on and go no further. */
export const ORDERS = {
  end: z.looseObject({ type: z.literal('end') }),
  'workspace.remove': z.looseObject({
    type: z.literal('workspace.remove'),
    task_id: z.string().min(1),
    attempt: z.int().min(1).optional(),
  }),
  'agents.resume': z.looseObject({ type: z.literal('agents.resume') }),
  'task.select': z.looseObject({
    type: z.literal('task.select'),
    exclude: z.array(z.string()).default([]).describe('not these, unless a person has asked for them since'),
    busy: z.array(z.string()).default([]).describe('not these, whoever has asked for them: they are in work'),
    include_draft: z.boolean().default(false),
    busy_scopes: z.array(z.string()).default([]).describe('no task whose scope overlaps one of these'),
    max_failures: z.int().min(1).optional().describe('no task that has failed so often, unless it was asked for'),
    finished_only: z.boolean().default(false).describe('only a task that lands from kept commits, without an agent'),
  }),
  'task.archive': z.looseObject({
    type: z.literal('task.archive'),
    task_id: z.string().min(1),
    attempt: z.int().min(1).default(1),
    repo: z.string().min(1).describe('a folder with a queue that the sender has for itself: the workspace of the task'),
    followups: followups.optional().describe('tasks that come to the top of that queue'),
  }),
  'task.archived': z.looseObject({
    type: z.literal('task.archived'),
    task_id: z.string().min(1),
    ok: z.boolean(),
    message: z.string().optional().describe('why it could not be done'),
  }),
} as const;

/** Tells whether a type is one of the events above. */
export function isEventType(type: string): type is EventType {
  return Object.hasOwn(EVENTS, type);
}
