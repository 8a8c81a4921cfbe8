import type { OptionSpecs } from '@ralph/protocol/cli/options';
import { optionWords } from '@ralph/protocol/cli/option-words';
import { SANDBOX_ASKED } from '@ralph/protocol/cli/sandbox-options';
import { commandLine } from '@ralph/protocol/cli/shell-words';
import { asSeconds } from '@ralph/protocol/contract/time-value';
import { GATE_OPTIONS, SIBLING_NAMES } from './handed-options.ts';
import type { Settled } from './layers.ts';
import { SETTING_KEYS, SETTINGS } from './setting-keys.ts';

const SANDBOX_KEYS = ['agent.sandbox_write', 'agent.sandbox_read', 'agent.sandbox_net'] as const;

type Values = Readonly<Record<string, unknown>>;

/** Returns the arguments of a sibling for a table of options: from settings where there is one, else as they were given. */
export function handedWords(options: OptionSpecs, args: Values, settled: Settled): string[] {
  return Object.entries(options).flatMap(([name, { kind }]) => {
    const key = SETTING_KEYS.find((each) => SETTINGS[each].flag === name);
    const chosen = key === undefined ? args[name] : settled.chosen(key);
    const isCommand = key !== undefined && SETTINGS[key].form === 'command' && Array.isArray(chosen);
    const value = isCommand ? scriptOf(chosen as string[]) : chosen;
    const flag = `--${SIBLING_NAMES[name] ?? name}`;
    return wordsOf(value, kind).flatMap((word) => (word === '' ? [flag] : optionWords(flag, word)));
  });
}

/** One for each time that the flag is given; empty where it stands alone. */
function wordsOf(value: unknown, kind: string): string[] {
  if (value === undefined || value === null || value === false) return [];
  if (kind === 'flag') return [''];
  if (kind === 'seconds') return [String(asSeconds(value as number | string))];
  if (kind === 'milliseconds') return [(value as readonly number[]).join(',') || '0'];
  if (Array.isArray(value)) return value.map(String);
  if (typeof value === 'object') return scopeWords(value as Readonly<Record<string, readonly string[]>>);
  return [String(value)];
}

function scopeWords(scopes: Readonly<Record<string, readonly string[]>>): string[] {
  return Object.entries(scopes).flatMap(([name, patterns]) => patterns.map((pattern) => `${name}=${pattern}`));
}

/** Returns the arguments that name the resolver. */
export function resolverWords(settled: Settled): string[] {
  const resolver = settled.value('agent.resolver');
  if (resolver === null) return [];
  return resolver === false ? ['--no-resolver'] : optionWords('--resolver', scriptOf(resolver));
}

/** Returns the arguments that name the gates, for the integrator now and for a person later. */
export function gateWords(args: Values, settled: Settled): string[] {
  const ci = gateOf(settled);
  return [...(ci === undefined ? [] : optionWords('--ci', ci)), ...handedWords(GATE_OPTIONS, args, settled)];
}

/** Returns the arguments that name the sandbox. What files say of one is of no use where a run wants none. */
export function sandboxWords(args: Values, settled: Settled): string[] {
  const isAsked = SANDBOX_KEYS.some((key) => settled.get(key).source === 'flag');
  // A wish on the command line without a sandbox is refused by the sibling.
  if (settled.value('agent.sandbox') === 'none' && !isAsked) return [];
  return handedWords(SANDBOX_ASKED, args, settled);
}

/** Returns the gate as a script of sh; nothing where there is none. */
export function gateOf(settled: Settled): string | undefined {
  const argv = settled.value('agent.ci_gate.argv');
  return argv === null || !settled.value('agent.ci_gate.enabled') ? undefined : scriptOf(argv);
}

/** Returns a command as a script of sh, which is what it may be already. */
export function scriptOf(argv: readonly string[]): string {
  const [program, flag, script, ...more] = argv;
  const isScript = program === 'sh' && flag === '-c' && script !== undefined && more.length === 0;
  return isScript ? script : commandLine(argv);
}
