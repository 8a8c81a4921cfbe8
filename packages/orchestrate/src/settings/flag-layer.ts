import { resolve } from 'node:path';
import type { Given, Layer } from './layers.ts';
import { SETTING_KEYS, SETTINGS, type SettingKey } from './setting-keys.ts';

/** What stood on the command line. */
export interface FlagValues {
  readonly args: Readonly<Record<string, unknown>>;
  /** What stood after `--`. */
  readonly command: readonly string[];
}

/** Returns what the flags of `run` give; a command of one string is run by a shell. */
export function flagLayer({ args, command }: FlagValues): Layer {
  const given = new Map<SettingKey, Given>();
  for (const key of SETTING_KEYS) {
    const { flag } = SETTINGS[key];
    const value = flag === undefined ? undefined : args[flag];
    if (flag === undefined || !isGiven(value)) continue;
    given.set(key, { value: settingOf(key, value), from: `--${flag}` });
  }
  if (command.length > 0) given.set('agent.command', { value: command, from: '-- CMD' });
  if (args['no-resolver'] === true) given.set('agent.resolver', { value: false, from: '--no-resolver' });
  if (args['no-ci'] === true) given.set('agent.ci_gate.enabled', { value: false, from: '--no-ci' });
  else if (isGiven(args['ci'])) given.set('agent.ci_gate.enabled', { value: true, from: '--ci' });
  return { source: 'flag', given };
}

function isGiven(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false;
}

function settingOf(key: SettingKey, value: unknown): unknown {
  const { form } = SETTINGS[key];
  if (form === 'command' || form === 'command-or-false') return ['sh', '-c', value];
  // As every path on a command line, from where it was typed.
  if (key === 'parallel.workspace_root') return resolve(String(value));
  if (key === 'agent.sandbox_write' || key === 'agent.sandbox_read')
    return (value as readonly string[]).map((path) => (path.startsWith('~/') ? path : resolve(path)));
  return key === 'parallel.landing_scopes' ? scopesOf(value as readonly string[]) : value;
}

/** One that is not NAME=PATTERN is refused by the integrator, before anything is begun. */
function scopesOf(texts: readonly string[]): Record<string, string[]> {
  const scopes: Record<string, string[]> = {};
  for (const text of texts) {
    const at = text.indexOf('=');
    const name = text.slice(0, at === -1 ? undefined : at);
    scopes[name] = [...(scopes[name] ?? []), at === -1 ? '' : text.slice(at + 1)];
  }
  return scopes;
}
