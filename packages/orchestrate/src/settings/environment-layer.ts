import { lightJson } from '@ralph/protocol/contract/light-json';
import { describeIssue } from '@ralph/protocol/contract/parse-line';
import { meantValue } from '@ralph/protocol/cli/meant-value';
import { nearestWord } from '@ralph/protocol/cli/nearest-word';
import type { ConfigProblem } from '@ralph/protocol/process/config-file';
import type { Given, Layer } from './layers.ts';
import { SETTING_KEYS, SETTINGS, variableOf, type SettingKey, type TextForm } from './setting-keys.ts';

export interface EnvironmentLayer extends Layer {
  readonly problems: readonly ConfigProblem[];
  /** Variables that look like ours and set nothing. */
  readonly unknown: readonly string[];
}

/** Reads the variables that set something; an empty one sets nothing. Pure. */
export function environmentLayer(env: NodeJS.ProcessEnv): EnvironmentLayer {
  const given = new Map<SettingKey, Given>();
  const problems: ConfigProblem[] = [];
  for (const key of SETTING_KEYS) {
    const variable = variableOf(key);
    const text = variable === undefined ? undefined : env[variable];
    if (variable === undefined || text === undefined || text.trim() === '') continue;
    const read = readText(key, text);
    if ('problem' in read) {
      const hint = `mend it, or unset ${variable}`;
      problems.push({ text: `${variable}=${JSON.stringify(text)} in the environment: ${read.problem}`, hint });
    } else given.set(key, { value: read.value, from: variable });
  }
  const gate = given.get('agent.ci_gate.argv');
  // Whoever names a gate for this run wants it, whatever a file says.
  if (gate !== undefined && !given.has('agent.ci_gate.enabled'))
    given.set('agent.ci_gate.enabled', { value: true, from: gate.from });
  return { source: 'environment', given, problems, unknown: unknownVariables(env) };
}

type Read = { readonly value: unknown } | { readonly problem: string };

function readText(key: SettingKey, text: string): Read {
  const { form = 'text', schema } = SETTINGS[key];
  const read = valueOf(form, text);
  if ('problem' in read || isScript(form, text)) return read;
  const parsed = schema.safeParse(read.value);
  if (parsed.success) return read;
  const meant = meantValue(parsed.error.issues[0], read.value);
  return { problem: `${describeIssue(parsed.error)}${meant === undefined ? '' : `; ${meant}`}` };
}

/** A command that is no list is a script, for which a shell is needed. */
function isScript(form: TextForm, text: string): boolean {
  return (form === 'command' || form === 'command-or-false') && text !== 'false' && !isList(text);
}

function isList(text: string): boolean {
  return text.trimStart().startsWith('[');
}

function valueOf(form: TextForm, text: string): Read {
  switch (form) {
    case 'text':
      return { value: text };
    case 'number':
      return numberOf(text);
    case 'time':
      return /^\d+(?:\.\d+)?$/.test(text) ? { value: Number(text) } : { value: text };
    case 'flag':
      if (/^(?:true|1)$/.test(text)) return { value: true };
      return /^(?:false|0)$/.test(text) ? { value: false } : { problem: 'neither true nor false' };
    case 'json':
      return jsonOf(text);
    case 'list':
      return isList(text) ? jsonOf(text) : { value: parts(text) };
    case 'numbers':
      return isList(text) ? jsonOf(text) : numbersOf(text);
    case 'command-or-false':
      return text === 'false' ? { value: false } : valueOf('command', text);
    case 'command':
      return isList(text) ? jsonOf(text) : { value: ['sh', '-c', text] };
  }
}

function numberOf(text: string): Read {
  return /^-?\d+(?:\.\d+)?$/.test(text.trim()) ? { value: Number(text) } : { problem: 'not a number' };
}

function numbersOf(text: string): Read {
  const numbers = parts(text).map(numberOf);
  const bad = numbers.find((read) => 'problem' in read);
  return bad ?? { value: numbers.map((read) => ('value' in read ? read.value : undefined)) };
}

function parts(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function jsonOf(text: string): Read {
  try {
    return { value: lightJson(text) };
  } catch {
    return { problem: 'not JSON' };
  }
}

function unknownVariables(env: NodeJS.ProcessEnv): string[] {
  const known = SETTING_KEYS.flatMap((key) => variableOf(key) ?? []);
  return Object.keys(env)
    .filter((name) => /^RALPH_(?:PARALLEL|AGENT|BUDGET|HISTORY)_/.test(name) && !known.includes(name))
    .map((name) => {
      const nearest = nearestWord(name, known);
      return nearest === undefined ? name : `${name} (did you mean ${nearest}?)`;
    });
}
