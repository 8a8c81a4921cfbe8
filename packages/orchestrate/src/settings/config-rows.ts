import { basename, dirname, join } from 'node:path';
import type { NotifyTarget } from '@ralph/protocol/contract/notify-settings';
import { shownTarget } from '../notify/shown-target.ts';
import type { Given, Setting, Settled } from './layers.ts';
import type { ReadSettings } from './read-settings.ts';
import { SETTINGS, variableOf } from './setting-keys.ts';

/** One line of `ralph-orchestrate config`. */
export interface ConfigRow {
  readonly key: string;
  readonly value: unknown;
  readonly source: string;
  readonly from: string;
  readonly line?: number;
  /** Only where it matters: whether a repository's own value may be used. */
  readonly trusted?: boolean;
  readonly note?: string;
  readonly meaning?: string;
  /** The variable and the option of `run` that set it. */
  readonly variable?: string;
  readonly flag?: string;
}

export interface Showing {
  readonly root: string;
  /** What needs trust. */
  readonly doubtful: readonly Setting[];
  readonly trusted: boolean;
  /** Takes secrets out. */
  readonly redact: (text: string) => string;
}

/** Returns a row for each setting, then one for each key that only ralph-agent-loop goes by. */
export function configRows({ settled, runner }: ReadSettings, showing: Showing): ConfigRow[] {
  return [
    ...settled.all().map((setting) => settingRow(setting, settled, showing)),
    ...runner.map(({ key, given }) => runnerRow(key, given, showing)),
  ];
}

/** Returns a value as a person reads it in a table. */
export function shownValue(value: unknown): string {
  if (value === null) return '-';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function settingRow(setting: Setting, settled: Settled, { root, doubtful, trusted, redact }: Showing): ConfigRow {
  const { key, source, from, line } = setting;
  const { schema, flag } = SETTINGS[key];
  const needsTrust = doubtful.some((each) => each.key === key);
  const variable = variableOf(key);
  const note = needsTrust && !trusted ? 'not trusted: a run refuses it' : noteOn(setting, settled);
  return {
    key,
    value: redacted(shownSetting(setting, root), redact),
    source,
    from,
    ...(line === undefined ? {} : { line }),
    ...(needsTrust ? { trusted } : {}),
    ...(note === undefined ? {} : { note }),
    ...(schema.description === undefined ? {} : { meaning: schema.description }),
    ...(variable === undefined ? {} : { variable }),
    ...(flag === undefined ? {} : { flag: `--${flag}` }),
  };
}

function shownSetting({ key, value }: Setting, root: string): unknown {
  if (key === 'parallel.workspace_root') return shownRoot(value, root);
  return key === 'notify' && Array.isArray(value) ? (value as NotifyTarget[]).map(shownTarget) : value;
}

/** The default is known to the worker alone, which goes by the same rule. */
function shownRoot(value: unknown, root: string): unknown {
  return value ?? join(dirname(root), '.workspaces', basename(root) || 'repo', 'parallel');
}

function noteOn({ key, value }: Setting, settled: Settled): string | undefined {
  if (key === 'agent.resolver' && value === null) return "the task's own agent";
  if (key === 'agent.command' && value === null)
    return settled.value('agent.runner') === null ? 'a run needs --agent, or one after --' : undefined;
  return undefined;
}

function runnerRow(key: string, { value, from, line }: Given, { redact }: Showing): ConfigRow {
  const note = 'of ralph-agent-loop: without effect here';
  const place = line === undefined ? { from } : { from, line };
  return { key, value: redacted(value, redact), source: 'file', ...place, note };
}

function redacted(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map((item) => redacted(item, redact));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, redacted(item, redact)]));
}
