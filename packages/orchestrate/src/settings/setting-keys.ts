import {
  agentSettings,
  budgetSettings,
  ciGateSettings,
  configFile,
  historySettings,
  parallelSettings,
  queueSettings,
  type KeySchema,
} from '@ralph/protocol/contract/config-file';
import type { AgentPreset } from '@ralph/protocol/contract/agent-preset';
import type { Approval, PhaseOverrides } from '@ralph/protocol/contract/agent-settings';
import { DEFAULTS } from '@ralph/protocol/contract/defaults';
import type { NotifyTarget } from '@ralph/protocol/contract/notify-settings';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';

type Argv = readonly string[];
type Time = number | string;

/** Every setting of a run with the type of its value; null where there is none. */
export interface SettingValues {
  'parallel.workers': number;
  'parallel.workspace_root': string | null;
  'parallel.max_push_attempts': number;
  'parallel.push_backoff_ms': readonly number[];
  'parallel.workspace_retention_hours': number;
  'parallel.ignored_file_allowlist': readonly string[];
  'parallel.landing_scopes': Readonly<Record<string, readonly string[]>>;
  'parallel.landing': string;
  'parallel.max_failures': number;
  'parallel.stop_after_failures': number;
  'parallel.scope_overlap': string;
  'agent.command': Argv | null;
  'agent.runner': string | null;
  'agent.model': string | null;
  'agent.reasoning_effort': string | null;
  'agent.approval': Approval | null;
  'agent.phase_overrides': PhaseOverrides;
  'agent.presets': Readonly<Record<string, AgentPreset>>;
  'agent.resolver': Argv | false | null;
  'agent.resolver_attempts': number;
  'agent.resolver_timeout': Time;
  'agent.ci_gate.enabled': boolean;
  'agent.ci_gate.argv': Argv | null;
  'agent.ci_timeout': Time;
  'agent.phases': number;
  'agent.timeout': Time | null;
  'agent.idle_timeout': Time | null;
  'agent.rate_limit': string | null;
  'agent.rate_limit_delay': Time;
  'agent.wait_for_quota': boolean;
  'agent.account': string | null;
  'agent.setup': Argv | null;
  'agent.setup_timeout': Time | null;
  'agent.setup_keys': readonly string[];
  'agent.sandbox': 'none' | 'bwrap';
  'agent.sandbox_write': readonly string[];
  'agent.sandbox_read': readonly string[];
  'agent.sandbox_net': 'host' | 'none';
  'budget.time': Time | null;
  'budget.tokens': number | null;
  'budget.cost': number | null;
  'queue.file': string;
  'queue.done_file': string;
  'history.log_mb': number;
  'history.older_logs': number;
  'history.keep_days': number;
  notify: readonly NotifyTarget[];
}

export type SettingKey = keyof SettingValues;

/** How the text of a variable becomes a value. */
export type TextForm =
  'number' | 'text' | 'list' | 'numbers' | 'command' | 'command-or-false' | 'flag' | 'time' | 'json';

export interface SettingSpec<T = unknown> {
  readonly schema: KeySchema;
  readonly fallback: T;
  /** Nothing where no variable sets it. */
  readonly form?: TextForm;
  /** The variable, where it is not called after the key. */
  readonly variable?: string;
  /** The option of `run` that sets it. */
  readonly flag?: string;
  /** It makes something be run or copied, or says what may be done then: a repository's own configuration needs trust for it. */
  readonly runs?: true;
}

const { shape: parallel } = parallelSettings;
const { shape: agent } = agentSettings;
const { shape: gate } = ciGateSettings;
const { shape: budget } = budgetSettings;
const { shape: queue } = queueSettings;
const { shape: history } = historySettings;
const { notify } = configFile.shape;

/** The one table of settings: the layers, the docs and `config` go by it. */
export const SETTINGS: { readonly [K in SettingKey]: SettingSpec<SettingValues[K]> } = {
  'parallel.workers': { schema: parallel.workers, form: 'number', fallback: DEFAULTS.workers, flag: 'workers' },
  'parallel.workspace_root': {
    schema: parallel.workspace_root,
    form: 'text',
    fallback: null,
    flag: 'workspace-root',
  },
  'parallel.max_push_attempts': {
    schema: parallel.max_push_attempts,
    form: 'number',
    fallback: DEFAULTS.maxPushAttempts,
    flag: 'max-attempts',
  },
  'parallel.push_backoff_ms': {
    schema: parallel.push_backoff_ms,
    form: 'numbers',
    fallback: DEFAULTS.pushBackoffMs,
    flag: 'backoff',
  },
  'parallel.workspace_retention_hours': {
    schema: parallel.workspace_retention_hours,
    form: 'number',
    fallback: DEFAULTS.retentionHours,
  },
  'parallel.ignored_file_allowlist': {
    schema: parallel.ignored_file_allowlist,
    form: 'list',
    fallback: [],
    flag: 'copy',
    runs: true,
  },
  'parallel.landing_scopes': { schema: parallel.landing_scopes, form: 'json', fallback: {}, flag: 'landing-scope' },
  'parallel.landing': { schema: parallel.landing, form: 'text', fallback: 'auto', flag: 'landing' },
  'parallel.max_failures': { schema: parallel.max_failures, form: 'number', fallback: 3, flag: 'max-failures' },
  'parallel.stop_after_failures': {
    schema: parallel.stop_after_failures,
    form: 'number',
    fallback: 5,
    flag: 'stop-after-failures',
  },
  'parallel.scope_overlap': { schema: parallel.scope_overlap, form: 'text', fallback: 'wait', flag: 'scope-overlap' },
  'agent.command': { schema: agent.command, form: 'command', fallback: null, runs: true },
  'agent.runner': { schema: agent.runner, form: 'text', fallback: null, flag: 'agent', runs: true },
  'agent.model': { schema: agent.model, form: 'text', fallback: null, flag: 'model' },
  'agent.reasoning_effort': { schema: agent.reasoning_effort, form: 'text', fallback: null, flag: 'effort' },
  'agent.approval': { schema: agent.approval, form: 'text', fallback: null, flag: 'approval', runs: true },
  'agent.phase_overrides': { schema: agent.phase_overrides, form: 'json', fallback: {}, runs: true },
  'agent.presets': { schema: agent.presets, form: 'json', fallback: {}, runs: true },
  'agent.resolver': {
    schema: agent.resolver,
    form: 'command-or-false',
    fallback: null,
    flag: 'resolver',
    runs: true,
  },
  'agent.resolver_attempts': {
    schema: agent.resolver_attempts,
    form: 'number',
    fallback: 3,
    flag: 'resolver-attempts',
  },
  'agent.resolver_timeout': {
    schema: agent.resolver_timeout,
    form: 'time',
    fallback: 1800,
    flag: 'resolver-timeout',
  },
  'agent.ci_gate.enabled': { schema: gate.enabled, form: 'flag', fallback: true },
  'agent.ci_gate.argv': {
    schema: gate.argv,
    form: 'command',
    variable: 'RALPH_AGENT_CI_GATE',
    fallback: null,
    flag: 'ci',
    runs: true,
  },
  'agent.ci_timeout': { schema: agent.ci_timeout, form: 'time', fallback: 1800, flag: 'ci-timeout' },
  'agent.phases': { schema: agent.phases, form: 'number', fallback: 1, flag: 'phases' },
  'agent.timeout': { schema: agent.timeout, form: 'time', fallback: null, flag: 'timeout' },
  'agent.idle_timeout': { schema: agent.idle_timeout, form: 'time', fallback: null, flag: 'idle-timeout' },
  'agent.rate_limit': { schema: agent.rate_limit, form: 'text', fallback: null, flag: 'rate-limit' },
  'agent.rate_limit_delay': { schema: agent.rate_limit_delay, form: 'time', fallback: 30, flag: 'rate-limit-delay' },
  'agent.wait_for_quota': { schema: agent.wait_for_quota, form: 'flag', fallback: false, flag: 'wait-for-quota' },
  'agent.account': { schema: agent.account, form: 'text', fallback: null, flag: 'account' },
  'agent.setup': { schema: agent.setup, form: 'command', fallback: null, flag: 'setup', runs: true },
  'agent.setup_timeout': { schema: agent.setup_timeout, form: 'time', fallback: null, flag: 'setup-timeout' },
  'agent.setup_keys': { schema: agent.setup_keys, form: 'list', fallback: [], flag: 'setup-key' },
  'agent.sandbox': { schema: agent.sandbox, form: 'text', fallback: 'none', flag: 'sandbox', runs: true },
  'agent.sandbox_write': {
    schema: agent.sandbox_write,
    form: 'list',
    fallback: [],
    flag: 'sandbox-write',
    runs: true,
  },
  'agent.sandbox_read': { schema: agent.sandbox_read, form: 'list', fallback: [], flag: 'sandbox-read', runs: true },
  'agent.sandbox_net': { schema: agent.sandbox_net, form: 'text', fallback: 'host', flag: 'sandbox-net', runs: true },
  'budget.time': { schema: budget.time, form: 'time', fallback: null, flag: 'max-time' },
  'budget.tokens': { schema: budget.tokens, form: 'number', fallback: null, flag: 'max-tokens' },
  'budget.cost': { schema: budget.cost, form: 'number', fallback: null, flag: 'max-cost' },
  'queue.file': { schema: queue.file, fallback: RALPH_PATHS.queue },
  'queue.done_file': { schema: queue.done_file, fallback: RALPH_PATHS.done },
  'history.log_mb': { schema: history.log_mb, form: 'number', fallback: 16 },
  'history.older_logs': { schema: history.older_logs, form: 'number', fallback: 4 },
  'history.keep_days': { schema: history.keep_days, form: 'number', fallback: 30 },
  notify: { schema: notify, form: 'json', fallback: [], runs: true },
};

export const SETTING_KEYS = Object.keys(SETTINGS) as SettingKey[];

/** Returns the variable that sets a key; nothing where none does. */
export function variableOf(key: SettingKey): string | undefined {
  const { form, variable } = SETTINGS[key];
  if (form === undefined) return undefined;
  return variable ?? `RALPH_${key.replaceAll('.', '_').toUpperCase()}`;
}
