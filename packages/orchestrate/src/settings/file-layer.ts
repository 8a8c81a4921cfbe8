import { isAbsolute, join } from 'node:path';
import { RUNNER_KEYS, type ConfigFile } from '@ralph/protocol/contract/config-file';
import type { ReadConfig } from '@ralph/protocol/process/config-file';
import type { Given, Layer } from './layers.ts';
import { SETTING_KEYS, type SettingKey } from './setting-keys.ts';

/** Returns the path of the user's own configuration; nothing where there is no home. */
export function userConfigPath(env: NodeJS.ProcessEnv): string | undefined {
  const { XDG_CONFIG_HOME: chosen, HOME: home } = env;
  // A relative one is to be ignored, by the rules of its makers.
  if (chosen !== undefined && isAbsolute(chosen)) return join(chosen, 'ralph/config.jsonc');
  return home === undefined || home === '' ? undefined : join(home, '.config/ralph/config.jsonc');
}

/** Returns what a configuration file gives; a key that is null gives nothing. */
export function fileLayer(source: 'user' | 'project', { path, value, lineOf }: ReadConfig<ConfigFile>): Layer {
  const given = new Map<SettingKey, Given>();
  for (const key of SETTING_KEYS) {
    const steps = key.split('.');
    const found = valueAt(value, steps);
    if (found !== undefined && found !== null) given.set(key, { value: found, from: path, line: lineOf(steps) });
  }
  return { source, given };
}

/** Returns the keys of a file that only ralph-agent-loop goes by. */
export function runnerKeys({ path, value, lineOf }: ReadConfig<ConfigFile>): { key: string; given: Given }[] {
  return RUNNER_KEYS.flatMap((key) => {
    const found = value?.agent?.[key];
    if (found === undefined) return [];
    return [{ key: `agent.${key}`, given: { value: found, from: path, line: lineOf(['agent', key]) } }];
  });
}

function valueAt(from: unknown, [step, ...rest]: readonly string[]): unknown {
  if (step === undefined || from === undefined || from === null) return from;
  return valueAt((from as Record<string, unknown>)[step], rest);
}
