import { Failure } from '../contract/failure.ts';
import { COMMON_OPTIONS, type OptionSpec } from './options.ts';
import type { AnyCommandSpec, ProgramSpec } from './program.ts';
import { unknownWord, usageFailure } from './usage-failure.ts';

export type FoundCommand =
  | {
      readonly kind: 'command';
      readonly spec: AnyCommandSpec;
      readonly rest: readonly string[];
      readonly help: boolean;
    }
  | {
      readonly kind: 'help' | 'version' | 'exit-codes';
      /** The first word of the commands that help was asked for, where it is that of several. */
      readonly group?: string;
      readonly rest: readonly string[];
    };

/** Words that every program answers by itself. */
const GENERAL_WORDS = ['help', 'exit-codes'] as const;

/**
 * Finds the command that the words of an argument list name; common options may stand before the words, as in
 * `ralph-state --repo DIR list`.
 *
 * @throws Failure `usage` or `unknown_command` with the nearest known word.
 */
export function findCommand(program: ProgramSpec, argv: readonly string[]): FoundCommand {
  const dashes = argv.indexOf('--');
  const own = dashes === -1 ? argv : argv.slice(0, dashes);
  const help = own.includes('--help') || own.includes('-h');
  const first = firstWord(own);
  if (first === own.length) {
    if (help) return { kind: 'help', rest: withoutHelp(own) };
    if (own.includes('--version')) return { kind: 'version', rest: own };
    if (own[0] === undefined) throw usageFailure(program.name, 'no command was given');
  }
  const words = leadingWords(own.slice(first));
  const others = [...own.slice(0, first), ...own.slice(first + 1)];
  if (words[0] === 'help' && words.length > 1) return findCommand(program, [...others, '--help']);
  const general = GENERAL_WORDS.find((word) => word === words[0]);
  if (general !== undefined) return { kind: general, rest: withoutHelp(others) };
  const spec = longestMatch(program.commands, words);
  const [group = ''] = words;
  if (spec === undefined && help && words.length === 1 && groupOf(program, group).length > 0) {
    return { kind: 'help', group, rest: withoutHelp(others) };
  }
  if (spec === undefined) throw notFound(program, own, words);
  const rest = [...argv.slice(0, first), ...argv.slice(first + spec.words.length)];
  return { kind: 'command', spec, rest: help ? withoutHelp(rest) : rest, help };
}

function withoutHelp(argv: readonly string[]): readonly string[] {
  return argv.filter((word) => word !== '--help' && word !== '-h');
}

function firstWord(argv: readonly string[]): number {
  let index = 0;
  for (; index < argv.length; index += 1) {
    const word = argv[index] ?? '';
    if (!word.startsWith('-')) return index;
    const option = (COMMON_OPTIONS as Record<string, OptionSpec>)[word.replace(/^--/, '')];
    if (option !== undefined && option.kind !== 'flag') index += 1;
  }
  return argv.length;
}

function leadingWords(argv: readonly string[]): readonly string[] {
  const end = argv.findIndex((word) => word.startsWith('-'));
  return end === -1 ? argv : argv.slice(0, end);
}

function longestMatch(commands: readonly AnyCommandSpec[], words: readonly string[]): AnyCommandSpec | undefined {
  return commands
    .filter((spec) => spec.words.every((word, index) => words[index] === word))
    .toSorted((a, b) => b.words.length - a.words.length)[0];
}

/** Returns the commands that begin with a word and go on. */
export function groupOf(program: ProgramSpec, word: string): readonly AnyCommandSpec[] {
  return program.commands.filter((spec) => spec.words.length > 1 && spec.words[0] === word);
}

function notFound(program: ProgramSpec, own: readonly string[], words: readonly string[]): Error {
  const word = words[0];
  if (word === undefined) return unknownWord(program.name, 'option', own[0] ?? '', ['--help', '--version']);
  const group = groupOf(program, word);
  if (group.length > 0) {
    const known = group.map((spec) => spec.words.join(' '));
    if (words[1] === undefined) return usageFailure(program.name, `${word} needs one of: ${known.join(', ')}`);
    return unknownWord(program.name, 'command', words.slice(0, 2).join(' '), known);
  }
  // `ralph-state add` may only be meant for `task add`.
  const inGroup = program.commands.filter((spec) => spec.words.length > 1 && spec.words.at(-1) === word);
  const meant = inGroup.map((spec) => spec.words.join(' ')).join(' or ');
  if (meant !== '')
    return new Failure('unknown_command', `unknown command ${word}; did you mean ${meant}?`, {
      hint: `try ${program.name} --help`,
    });
  return unknownWord(program.name, 'command', word, [
    ...new Set(program.commands.map((spec) => spec.words[0] ?? '')),
    ...GENERAL_WORDS,
  ]);
}
