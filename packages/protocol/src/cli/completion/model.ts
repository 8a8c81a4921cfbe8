import { synopsisValue } from '../help-text.ts';
import { COMMON_OPTIONS, type OptionSpec, type OptionSpecs } from '../options.ts';
import type { AnyCommandSpec, ProgramSpec } from '../program.ts';
import type { SourceName } from './sources.ts';

/** What a shell offers for a value. */
export type Offer =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'asked'; readonly sources: readonly SourceName[] }
  | { readonly kind: 'files' | 'folders' | 'commands' | 'nothing' };

export interface CompletedOption {
  /** With its dashes. */
  readonly word: string;
  readonly about: string;
  readonly takes: 'no value' | 'a value' | 'a value behind =';
  readonly many: boolean;
  readonly value: string;
  readonly offer: Offer;
}

export interface CompletedCommand {
  /** Its words; empty for what may stand before a command. */
  readonly words: string;
  readonly about: string;
  readonly options: readonly CompletedOption[];
  readonly operands: { readonly offer: Offer; readonly most: number };
}

/** The command line of a program as its completion knows it. */
export interface CompletionModel {
  readonly program: string;
  /** A name for functions of the script, which no other program has. */
  readonly prefix: string;
  readonly commands: readonly CompletedCommand[];
}

/** What the name of a value in the help says about what may stand there. */
const BY_VALUE: Readonly<Record<string, Offer>> = {
  FILE: { kind: 'files' },
  'FILE|-': { kind: 'files' },
  PATH: { kind: 'files' },
  GLOB: { kind: 'files' },
  DIR: { kind: 'folders' },
  CMD: { kind: 'commands' },
  ID: { kind: 'asked', sources: ['tasks'] },
  BRANCH: { kind: 'asked', sources: ['branches'] },
  REMOTE: { kind: 'asked', sources: ['remotes'] },
};

const NOTHING: Offer = { kind: 'nothing' };

const EXIT_CODES = 'Print the table of exit statuses';

/** Returns the command line of a program for its completion. Pure. */
export function completionModel(program: ProgramSpec): CompletionModel {
  const first = [...new Set([...program.commands.map((spec) => spec.words[0] ?? ''), 'exit-codes'])];
  const general = (words: string, about: string, offer = NOTHING): CompletedCommand => ({
    words,
    about,
    options: completedOptions(COMMON_OPTIONS),
    operands: { offer, most: offer === NOTHING ? 0 : 1 },
  });
  return {
    program: program.name,
    prefix: program.name.replaceAll('-', '_'),
    commands: [
      { ...general('', ''), options: [...completedOptions(COMMON_OPTIONS), HELP, VERSION] },
      ...program.commands.map(completedCommand),
      general('exit-codes', EXIT_CODES),
      general('help', 'Print the help of the program or of a command'),
      ...first.map((word) => {
        const begun = program.commands.filter(({ words }) => words[0] === word);
        const next = begun.flatMap(({ words }) => words.slice(1, 2));
        if (next.length > 0) return general(`help ${word}`, next.join(', '), { kind: 'words', words: next });
        return general(`help ${word}`, brief(begun[0]?.summary ?? EXIT_CODES));
      }),
    ],
  };
}

function completedCommand(spec: AnyCommandSpec): CompletedCommand {
  const { choices, offers, most = 0 } = spec.operands ?? {};
  const offer: Offer =
    choices !== undefined
      ? { kind: 'words', words: choices }
      : offers !== undefined
        ? { kind: 'asked', sources: offers }
        : NOTHING;
  return {
    words: spec.words.join(' '),
    about: brief(spec.summary),
    options: [...completedOptions({ ...spec.options, ...COMMON_OPTIONS }), HELP],
    operands: { offer, most },
  };
}

function completedOptions(options: OptionSpecs): CompletedOption[] {
  return Object.entries(options).map(([name, spec]) => ({
    word: `--${name}`,
    about: brief(spec.describe),
    takes: spec.kind === 'flag' ? 'no value' : spec.kind === 'optional-seconds' ? 'a value behind =' : 'a value',
    many: spec.many === true,
    value: synopsisValue(spec).trim(),
    offer: offerFor(spec),
  }));
}

function offerFor(spec: OptionSpec): Offer {
  const words = spec.choices ?? spec.suggests;
  if (words !== undefined) return { kind: 'words', words };
  return spec.value !== undefined && Object.hasOwn(BY_VALUE, spec.value) ? (BY_VALUE[spec.value] ?? NOTHING) : NOTHING;
}

function flag(word: string, about: string): CompletedOption {
  return { word, about, takes: 'no value', many: false, value: '', offer: NOTHING };
}

const HELP = flag('--help', 'show the help');
const VERSION = flag('--version', 'show the version');

/** What of a sentence fits beside a word: all before its first pause, which is none within brackets. */
function brief(sentence: string): string {
  const [begin = sentence] = /^(?:\([^)]*\)|[^(;:]|[;:](?!\s))*/.exec(sentence) ?? [];
  return begin.trim().replace(/\.$/, '');
}
