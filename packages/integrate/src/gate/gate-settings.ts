import { readOptionValue } from '@ralph/protocol/cli/option-values';
import { optionWords } from '@ralph/protocol/cli/option-words';
import type { OptionValues } from '@ralph/protocol/cli/options';
import { usageFailure } from '@ralph/protocol/cli/usage-failure';
import { GATE_OPTIONS } from './gate-options.ts';

const PROGRAM = 'ralph-integrate';
const NAME = /^[a-z\d][a-z\d_-]{0,63}$/i;
/** By which the gate of `--ci` is called when there are others. */
const CI = 'ci';

/** One command that has to end with 0. */
export interface Gate {
  /** By which people call it; nothing when it is the only one and has none. */
  readonly name: string | undefined;
  /** For `sh -c`. */
  readonly command: string;
  readonly timeoutMs: number;
  /** What tells its log from those of the others. */
  readonly logName: string | undefined;
}

/** By which gates work is judged, and how. */
export interface GateSettings {
  readonly gates: readonly Gate[];
  readonly atOnce: boolean;
  readonly flakyRetry: boolean;
  /** Whether a pass of an earlier time, or of another process, counts. */
  readonly cache: boolean;
  /** Names of the variables on which the word of the gates depends. */
  readonly env: readonly string[];
  readonly logLimitBytes: number;
  /** The options that say the same again. */
  readonly repeated: readonly string[];
}

type GateArguments = OptionValues<typeof GATE_OPTIONS>;

/**
 * Reads which gates there are.
 *
 * @throws Failure `usage` for a bad name, one that occurs twice, a gate without a command, and a limit of no gate
 */
export function readGateSettings(args: GateArguments): GateSettings {
  const named = args.gate.map(parsedGate);
  const all = args.ci === undefined ? named : [{ name: CI, command: args.ci, isCi: true }, ...named];
  requireOnce(
    'gate',
    all.map(({ name }) => name),
  );
  const limits = limitsOf(
    args['gate-timeout'],
    all.map(({ name }) => name),
  );
  const env = args['ci-env'].map(parsedVariable);
  const gates = all.map(({ name, command, isCi }): Gate => {
    const timeoutMs = (limits.get(name) ?? args['ci-timeout']) * 1000;
    return {
      name: isCi && all.length === 1 ? undefined : name,
      command,
      timeoutMs,
      logName: isCi ? undefined : name,
    };
  });
  return {
    gates,
    atOnce: args['gates-at-once'],
    flakyRetry: args['flaky-retry'],
    cache: !args['no-ci-cache'],
    env,
    logLimitBytes: args['ci-log-limit'],
    repeated: repeated(args),
  };
}

/** Returns how a gate is called in a sentence. */
export function calledGate({ name }: Pick<Gate, 'name'>): string {
  return name === undefined ? 'the gate' : `the gate ${name}`;
}

function parsedGate(text: string): { name: string; command: string; isCi: boolean } {
  const [name, command] = split('gate', text);
  if (command.trim() === '') throw usageFailure(PROGRAM, `--gate ${JSON.stringify(text)}: no command after "${name}="`);
  return { name, command, isCi: false };
}

function split(option: string, text: string): [name: string, rest: string] {
  const at = text.indexOf('=');
  const name = at === -1 ? text : text.slice(0, at);
  if (at === -1) throw usageFailure(PROGRAM, `--${option} ${JSON.stringify(text)}: no "=" after the name`);
  if (!NAME.test(name)) {
    const rule = 'letters, digits, dash and underscore, at most 64, and no dash or underscore in front';
    throw usageFailure(PROGRAM, `--${option} ${JSON.stringify(text)}: a bad name (${rule})`);
  }
  return [name, text.slice(at + 1)];
}

/** Without regard to case: a log each, also where file names have none. */
function requireOnce(option: string, names: readonly string[]): void {
  const plain = names.map((name) => name.toLowerCase());
  const twice = names.find((_, index) => plain.indexOf(plain[index] ?? '') !== index);
  if (twice !== undefined) throw usageFailure(PROGRAM, `--${option}: the name ${twice} occurs twice`);
}

function limitsOf(texts: readonly string[], known: readonly string[]): Map<string, number> {
  const limits = texts.map((text): [string, number] => {
    const [name, seconds] = split('gate-timeout', text);
    const which = known.length === 0 ? 'there are no gates' : `the gates are ${known.join(', ')}`;
    if (!known.includes(name)) throw usageFailure(PROGRAM, `--gate-timeout ${name}: no such gate: ${which}`);
    return [name, Number(readOptionValue(PROGRAM, `gate-timeout ${name}`, GATE_OPTIONS['ci-timeout'], seconds))];
  });
  requireOnce(
    'gate-timeout',
    limits.map(([name]) => name),
  );
  return new Map(limits);
}

function parsedVariable(name: string): string {
  if (name !== '' && !/[=\0]/.test(name)) return name;
  throw usageFailure(PROGRAM, `--ci-env ${JSON.stringify(name)}: the name of a variable, without its value`);
}

function repeated(args: GateArguments): string[] {
  const { ci } = args;
  const each = (option: keyof GateArguments, values: readonly string[]) =>
    values.flatMap((value) => optionWords(`--${option}`, value));
  const number = (option: 'ci-timeout' | 'ci-log-limit') =>
    args[option] === GATE_OPTIONS[option].fallback ? [] : [`--${option}`, String(args[option])];
  const flag = (option: 'gates-at-once' | 'flaky-retry' | 'no-ci-cache') => (args[option] ? [`--${option}`] : []);
  return [
    ...each('ci', ci === undefined ? [] : [ci]),
    ...number('ci-timeout'),
    ...each('gate', args.gate),
    ...each('gate-timeout', args['gate-timeout']),
    ...flag('gates-at-once'),
    ...flag('flaky-retry'),
    ...each('ci-env', args['ci-env']),
    ...flag('no-ci-cache'),
    ...number('ci-log-limit'),
  ];
}
