import { COMMON_OPTIONS, type OptionSpec, type OptionSpecs } from './options.ts';
import type { AnyCommandSpec, ProgramSpec } from './program.ts';

/** Returns the help of a whole program, or of the commands that begin with one word: a line each. */
export function programHelp(program: ProgramSpec, group?: string): string {
  const commands = program.commands.filter((spec) => group === undefined || spec.words[0] === group);
  const rows: [string, string][] = commands.map((spec) => [spec.words.join(' '), spec.summary]);
  if (group === undefined) {
    rows.push(['exit-codes', 'print the table of exit statuses']);
    rows.push(['help', 'print this text; with --format json, all commands and options as one document']);
  }
  return [
    `${program.name}: ${program.summary}`,
    '',
    `Usage: ${program.name} ${group === undefined ? '' : `${group} `}COMMAND [OPTIONS]`,
    '',
    'Commands:',
    ...align(rows),
    '',
    'Options of every command:',
    ...align(optionRows(COMMON_OPTIONS)),
    '  --help, --version',
    '',
    ...exampleLines(
      group === undefined ? program.examples : commands.flatMap((spec) => spec.examples?.slice(0, 1) ?? []),
    ),
    `${program.name} ${group === undefined ? '' : `${group} `}COMMAND --help shows one command.`,
    '',
  ].join('\n');
}

/** Returns the help of one command. */
export function commandHelp(program: ProgramSpec, spec: AnyCommandSpec): string {
  const parts = [`Usage: ${synopsis(program.name, spec)}`, '', ...wrapped(spec.summary, LINE_WIDTH), ''];
  if (Object.keys(spec.options).length > 0) parts.push('Options:', ...align(optionRows(spec.options)), '');
  parts.push('Common options:', ...align(optionRows(COMMON_OPTIONS)), '');
  parts.push(...exampleLines(spec.examples));
  return parts.join('\n');
}

function exampleLines(examples: readonly string[] = []): string[] {
  return examples.length === 0 ? [] : ['Examples:', ...examples.map((line) => `  ${line}`), ''];
}

/** Returns the one-line form of a command: `ralph-state get ID [OPTIONS]`. */
export function synopsis(program: string, spec: AnyCommandSpec): string {
  const parts = [program, ...spec.words];
  if (spec.operands !== undefined) parts.push(spec.operands.least > 0 ? spec.operands.name : `[${spec.operands.name}]`);
  parts.push('[OPTIONS]');
  if (spec.command !== undefined) parts.push(spec.command === 'required' ? '-- CMD…' : '[-- CMD…]');
  return parts.join(' ');
}

/** Returns name and meaning of each option, as the help and the docs show them. */
export function optionRows(options: OptionSpecs): [string, string][] {
  return Object.entries(options).map(([name, spec]) => [`--${name}${synopsisValue(spec)}`, meaning(spec)]);
}

/** Returns what stands behind the name of an option in the help, with the blank before it. */
export function synopsisValue(spec: OptionSpec): string {
  switch (spec.kind) {
    case 'flag':
      return '';
    case 'optional-seconds':
      return '[=SECONDS]';
    case 'choice':
      return ` ${spec.choices?.join('|') ?? ''}`;
    case 'count':
    case 'amount':
    case 'status':
      return ` ${spec.value ?? 'N'}`;
    case 'seconds':
      return ` ${spec.value ?? 'SECONDS'}`;
    case 'bytes':
      return ` ${spec.value ?? 'SIZE'}`;
    case 'milliseconds':
      return ` ${spec.value ?? 'MS,MS,…'}`;
    case 'text':
      return ` ${spec.value ?? 'TEXT'}`;
  }
}

function meaning(spec: OptionSpec): string {
  if (spec.fallback === undefined || /default/.test(spec.describe)) return spec.describe;
  return `${spec.describe} (default: ${String(spec.fallback)})`;
}

/** A wider name stands on a line of its own. */
const WIDEST_NAME = 26;
const LINE_WIDTH = 80;

function align(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([name]) => (name.length > WIDEST_NAME ? 0 : name.length)));
  return rows.flatMap(([name, text]) => {
    const [first = '', ...rest] = wrapped(text, LINE_WIDTH - width - 4);
    const indent = ' '.repeat(width + 4);
    const head = name.length > width ? [`  ${name}`, `${indent}${first}`] : [`  ${name.padEnd(width)}  ${first}`];
    return [...head, ...rest.map((line) => `${indent}${line}`)];
  });
}

/** Breaks a text between words; a word that is longer than a line stays whole. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
