import * as z from 'zod';
import { agentName, agentPresets } from './agent-preset.ts';
import { APPROVALS, modelName, phaseCount, phaseOverrides } from './agent-settings.ts';
import { argvOfGate, argvOrFalse, commandArgv } from './command-argv.ts';
import { notifySettings } from './notify-settings.ts';
import { timeValue } from './time-value.ts';

const workspaceRoot = z
  .string()
  .refine((path) => path.trim() !== '' && !path.split('/').includes('..'), 'must not be empty or contain ..');

/** By name, path patterns of git. */
const scopes = z.record(z.string().regex(/^[a-z\d][a-z\d_-]{0,63}$/i), z.array(z.string().min(1)).min(1));

/**
 * The `parallel` section of `.ralph/config.jsonc`, with the keys, ranges and defaults of ralph-agent-loop 0.4.
 * Unknown keys are refused, so that a misspelt setting is not silently ignored.
 */
export const parallelSettings = z.strictObject({
  workers: z.int().min(1).max(255).nullish().describe('agents that run side by side'),
  workspace_root: workspaceRoot
    .nullish()
    .describe('folder of the workspaces: absolute, below ~/, or below the repository'),
  max_push_attempts: z
    .int()
    .min(1)
    .max(255)
    .nullish()
    .describe('rejected pushes and failed connections before a task is blocked'),
  push_backoff_ms: z
    .array(z.int().min(0).max(999_999_999))
    .nullish()
    .describe('pauses between them in milliseconds; the last one repeats'),
  workspace_retention_hours: z
    .int()
    .min(1)
    .nullish()
    .describe('hours for which the record of a task is kept after its end, once its workspace is gone'),
  ignored_file_allowlist: z
    .array(z.string())
    .nullish()
    .describe('ignored files that a workspace gets too, beside .env files: globs'),
  landing_scopes: scopes
    .nullish()
    .describe(
      'ours: parts of the repository by name, as git path patterns, whose work need not wait for that of other parts',
    ),
  landing: z
    .enum(['auto', 'train', 'batch', 'serial'])
    .nullish()
    .describe('ours: a gate for each, one for several, one after the other, or as it fits'),
  max_failures: z
    .int()
    .min(0)
    .nullish()
    .describe('ours: leave out tasks that have failed so often, until they are asked for again; 0: never'),
  stop_after_failures: z
    .int()
    .min(0)
    .nullish()
    .describe('ours: start nothing more after so many failures in a row; 0: never'),
  scope_overlap: z
    .enum(['wait', 'allow'])
    .nullish()
    .describe('ours: whether a task waits while another is at work whose declared scope overlaps its own'),
});

export type ParallelSettings = z.infer<typeof parallelSettings>;

export const ciGateSettings = z.strictObject({
  enabled: z.boolean().nullish().describe('whether there is a gate'),
  argv: argvOfGate.nullish().describe('the gate: program and arguments; no shell'),
});

/** Keys with which ralph-agent-loop 0.4 tells its runners what to do, and for which there is nothing here. */
export const RUNNER_KEYS = [
  'iterations',
  'followup_reasoning_effort',
  'runner_cli',
  'runner_retry',
  'codex_bin',
  'opencode_bin',
  'gemini_bin',
  'claude_bin',
  'cursor_bin',
  'kimi_bin',
  'pi_bin',
  'claude_permission_mode',
  'instruction_files',
  'repoprompt_plan_required',
  'repoprompt_tool_injection',
  'update_task_before_run',
  'fail_on_prerun_update_error',
  'git_revert_mode',
  'git_publish_mode',
  'git_commit_push_enabled',
  'session_timeout_hours',
  'scan_prompt_version',
  'notification',
  'webhook',
] as const;

type RunnerShape = Record<(typeof RUNNER_KEYS)[number], z.ZodOptional<z.ZodUnknown>>;

const runnerShape = Object.fromEntries(
  RUNNER_KEYS.map((key) => [key, z.unknown().optional().describe('of ralph-agent-loop: without effect here')]),
) as unknown as RunnerShape;

/** Of folders, files or sockets. */
const sandboxPaths = z.array(z.string().regex(/^(?:\/|~\/)/, 'must be absolute or begin with ~/'));

/** The `agent` section: what is run for a task. Those of ralph-agent-loop's keys that have no counterpart here are let be. */
export const agentSettings = z.strictObject({
  command: commandArgv.nullish().describe('ours: the agent: program and arguments'),
  runner: agentName.nullish().describe('the agent by its name: one that is known, or one of presets'),
  model: modelName.nullish().describe('the model of the runner, by its own name'),
  reasoning_effort: modelName.nullish().describe('the effort of the runner, by its own name'),
  approval: z
    .enum(APPROVALS)
    .nullish()
    .describe('ours: how far the runner may go without asking: edit files, or run commands as well'),
  phase_overrides: phaseOverrides
    .nullish()
    .describe('runner, model and reasoning_effort of phase1 (plan), phase2 (implement) and phase3 (review)'),
  presets: agentPresets.nullish().describe('ours: further agents by name, and how they are called'),
  resolver: argvOrFalse.nullish().describe('ours: what mends a conflict or a red gate; false for nothing'),
  resolver_attempts: z.int().min(1).max(999_999).nullish().describe('ours: how often a resolver is run for one task'),
  resolver_timeout: timeValue.nullish().describe('ours: time limit of a resolver'),
  ci_gate: ciGateSettings.nullish().describe('what judges finished work before it lands'),
  ci_timeout: timeValue.nullish().describe('ours: time limit of one gate run'),
  phases: phaseCount
    .nullish()
    .describe('1: the agent does the task at once; 2: it plans it first; 3: the work is reviewed as well'),
  timeout: timeValue.nullish().describe('ours: time limit of one agent'),
  idle_timeout: timeValue.nullish().describe('ours: end an agent that prints nothing for so long'),
  rate_limit: z
    .string()
    .min(1)
    .nullish()
    .describe('ours: regular expression for last lines of a failed agent that mean a limit of its provider'),
  rate_limit_delay: timeValue
    .nullish()
    .describe('ours: the first pause after such a limit, where the agent names none'),
  wait_for_quota: z
    .boolean()
    .nullish()
    .describe('ours: wait until a limit of a provider is over, in place of ending with 5'),
  account: z
    .string()
    .regex(/^[^\s/]{1,64}$/, 'must be a short name without spaces or slashes')
    .nullish()
    .describe('ours: whose quota the agents use; runs with the same account heed its limit'),
  setup: commandArgv.nullish().describe('ours: run in each fresh workspace before the agent'),
  setup_timeout: timeValue.nullish().describe('ours: time limit of the set-up'),
  setup_keys: z
    .array(z.string().min(1))
    .nullish()
    .describe('ours: files that decide about the result of the set-up, which is then shared'),
  sandbox: z
    .enum(['none', 'bwrap'])
    .nullish()
    .describe('ours: lock agent, resolver, set-up and gates in, so that they can write their workspace only'),
  sandbox_write: sandboxPaths.nullish().describe('ours: what may be written in the sandbox too'),
  sandbox_read: sandboxPaths.nullish().describe('ours: what is hidden in the sandbox, and can be read all the same'),
  sandbox_net: z.enum(['host', 'none']).nullish().describe('ours: the network in the sandbox'),
  ...runnerShape,
});

export type AgentSettings = z.infer<typeof agentSettings>;

/** What a run may use before it starts nothing more. */
export const budgetSettings = z.strictObject({
  time: timeValue.nullish().describe('ours: start nothing more after so long'),
  tokens: z.number().positive().max(1e15).nullish().describe('ours: as many tokens as the agents tell of'),
  cost: z.number().positive().max(1e9).nullish().describe('ours: such a cost in US dollars as the agents tell of'),
});

/** The two keys of the `queue` section that say where the queue lives. */
export const queueSettings = z.looseObject({
  file: z.string().nullish().describe('where the queue is'),
  done_file: z.string().nullish().describe('where the finished tasks are'),
});

/** The `history` section: how much of what has happened is kept. */
export const historySettings = z.strictObject({
  log_mb: z
    .number()
    .min(0.001)
    .max(4096)
    .nullish()
    .describe('ours: size in MiB at which the log of events is begun anew'),
  older_logs: z.int().min(1).max(99).nullish().describe('ours: how many older logs of events are kept'),
  keep_days: z
    .int()
    .min(1)
    .max(36_500)
    .nullish()
    .describe('ours: for how many days logs of tasks, and refs of what has landed, are kept'),
});

/** `.ralph/config.jsonc`: sections of other tools are left alone. */
export const configFile = z.looseObject({
  version: z.literal(2).optional(),
  parallel: parallelSettings.nullish(),
  agent: agentSettings.nullish(),
  budget: budgetSettings.nullish(),
  queue: queueSettings.nullish(),
  history: historySettings.nullish(),
  notify: notifySettings.nullish().describe('ours: who is told of events: webhooks, commands, the desktop'),
});

export type ConfigFile = z.infer<typeof configFile>;

/** What a program needs that only lands work. */
export const parallelConfig = configFile.pick({ version: true, parallel: true });

/** `.ralph/trust.jsonc`: says that the configuration of this repository may run commands. */
export const trustFile = z.looseObject({
  allow_project_commands: z.boolean().describe('whether commands of .ralph/config.jsonc are run'),
});

/** What the value of one key is held against. */
export type KeySchema = z.ZodType;
