import type { RawArguments } from './cut-arguments.ts';
import { nearestWord } from './nearest-word.ts';
import { COMMON_OPTIONS, type OptionSpec, type OptionSpecs } from './options.ts';
import type { AnyCommandSpec, ProgramSpec } from './program.ts';
import { quoted } from './shell-words.ts';
import { notAmong, unknownWord, usageFailure } from './usage-failure.ts';

/** The part of a command's spec that its arguments are held against. */
export type ArgumentSpec = Pick<AnyCommandSpec, 'words' | 'operands' | 'meantFor' | 'command' | 'options'>;

export interface ParsedArguments {
  readonly args: Readonly<Record<string, unknown>>;
  readonly operands: readonly string[];
  readonly command: readonly string[];
}

/**
 * Reads the arguments of one command: yargs cuts them, zod checks the values. A single option given twice, a value of
 * the wrong form, an unknown option and a missing or surplus operand are usage errors.
 *
 * @param argv what followed the words of the command, options before the words included
 */
export async function parseArguments(
  program: ProgramSpec,
  spec: ArgumentSpec,
  argv: readonly string[],
): Promise<ParsedArguments> {
  const options: OptionSpecs = { ...COMMON_OPTIONS, ...spec.options };
  checkWords(program, options, argv);
  const raw = await cut(options, argv);
  const command = (raw['--'] ?? []).map(String);
  const operands = raw._.map(String);
  checkNames(program, options, raw);
  checkOperands(program.name, spec, operands);
  checkCommand(program.name, spec, command, argv.includes('--'));
  const args: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(options))
    args[name] = await valueOf(program.name, name, option, raw[name]);
  return { args, operands, command };
}

/** Where there is nothing to cut, yargs is not loaded: that costs more than all else before a command runs. */
async function cut(options: OptionSpecs, argv: readonly string[]): Promise<RawArguments> {
  if (argv.every((word) => !word.startsWith('-'))) return { _: argv };
  if (argv[0] === '--') return { _: [], '--': argv.slice(1) };
  const { cutArguments } = await import('./cut-arguments.ts');
  return cutArguments(options, argv);
}

/** Looks at the words themselves: yargs answers some names by itself, and shows a flag that is given twice as one. */
function checkWords(program: ProgramSpec, options: OptionSpecs, argv: readonly string[]): void {
  const dashes = argv.indexOf('--');
  const flags = new Set<string>();
  for (const word of dashes === -1 ? argv : argv.slice(0, dashes)) {
    if (!word.startsWith('--')) continue;
    const [name = '', value] = word.slice(2).split('=', 2);
    if (!Object.hasOwn(options, name)) throw unknownOption(program, options, name);
    // A limit that came out empty must not become a wait without one.
    if (options[name]?.kind === 'optional-seconds' && value === '')
      throw usageFailure(program.name, `--${name}= needs a value; --${name} alone sets no limit`);
    if (options[name]?.kind !== 'flag') continue;
    if (value !== undefined) throw usageFailure(program.name, `--${name} takes no value`);
    if (flags.has(name)) throw usageFailure(program.name, `--${name} was given more than once`);
    flags.add(name);
  }
}

function unknownOption({ name: program, commands }: ProgramSpec, options: OptionSpecs, name: string): Error {
  const word = name.length === 1 ? `-${name}` : `--${name}`;
  const known = Object.keys(options).map((option) => `--${option}`);
  const owners = commands.filter((spec) => Object.hasOwn(spec.options, name)).map((spec) => spec.words.join(' '));
  if (owners.length === 0 || nearestWord(word, known) !== undefined) return unknownWord(program, 'option', word, known);
  return usageFailure(program, `unknown option ${word}; it belongs to ${owners.join(', ')}`);
}

function checkNames(program: ProgramSpec, options: OptionSpecs, raw: RawArguments): void {
  for (const name of Object.keys(raw)) {
    if (name === '_' || name === '--' || name === '$0' || Object.hasOwn(options, name)) continue;
    throw unknownOption(program, options, name);
  }
}

function checkOperands(program: string, spec: ArgumentSpec, operands: readonly string[]): void {
  const { name = 'operand', least = 0, most = 0, choices } = spec.operands ?? {};
  if (operands.length < least) throw usageFailure(program, `${spec.words.join(' ')} needs ${name}`);
  if (operands.includes('')) throw usageFailure(program, `${spec.words.join(' ')}: an empty ${name.replace('…', '')}`);
  const unknown = choices === undefined ? undefined : operands.find((operand) => !choices.includes(operand));
  if (unknown !== undefined)
    throw usageFailure(
      program,
      `${spec.words.join(' ')} ${JSON.stringify(unknown)}: ${notAmong(unknown, choices ?? [])}`,
    );
  if (operands.length <= most) return;
  const word = operands[most] ?? '';
  const advice = spec.command === undefined ? '' : ': a command stands after --';
  const meant = spec.meantFor === undefined ? '' : `: did you mean --${spec.meantFor} ${quoted(word)}?`;
  throw usageFailure(program, `unexpected ${JSON.stringify(word)}${advice}${meant}`);
}

function checkCommand(program: string, spec: ArgumentSpec, given: readonly string[], dashes: boolean): void {
  if (spec.command === 'required' && given.length === 0) {
    throw usageFailure(program, `${spec.words.join(' ')} needs a command after --`);
  }
  // A variable that came out empty must not call for what would be run without one.
  if (spec.command === 'optional' && dashes && given.length === 0)
    throw usageFailure(program, 'no command stands after --');
  if (spec.command === undefined && dashes)
    throw usageFailure(program, `${spec.words.join(' ')} takes no command after --`);
}

async function valueOf(program: string, name: string, spec: OptionSpec, raw: unknown): Promise<unknown> {
  if (raw === undefined) return spec.kind === 'flag' ? false : spec.many === true ? [] : spec.fallback;
  if (spec.many === true) return (Array.isArray(raw) ? raw : [raw]).map(String);
  if (Array.isArray(raw)) throw usageFailure(program, `--${name} was given more than once`);
  if (spec.kind === 'flag') return raw === true;
  const text = String(raw);
  if (text === '' && spec.kind !== 'optional-seconds') throw usageFailure(program, `--${name} needs a value`);
  if (spec.kind === 'text') return text;
  // zod is only loaded for a value that has to be checked, so that nobody pays for it otherwise.
  const { readOptionValue } = await import('./option-values.ts');
  return readOptionValue(program, name, spec, text);
}
