/** How the value of an option is read. Everything that is not a flag or plain text is checked by zod. */
export type OptionKind =
  | 'flag'
  | 'text'
  | 'choice'
  | 'count'
  | 'amount'
  | 'bytes'
  | 'seconds'
  | 'milliseconds'
  | 'optional-seconds'
  | 'status';

export interface OptionSpec {
  readonly kind: OptionKind;
  readonly describe: string;
  /** Shown in the help in place of the value. */
  readonly value?: string;
  readonly choices?: readonly string[];
  /** What a shell offers, beside which other words may stand. */
  readonly suggests?: readonly string[];
  readonly many?: boolean;
  /** A time, a size or a count of 0 is a value too, where nothing is a sensible amount; a limit of nothing is none. */
  readonly zero?: boolean;
  readonly fallback?: unknown;
}

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

type Plain<O> = O extends { kind: 'flag' }
  ? boolean
  : O extends { kind: 'count' | 'amount' | 'bytes' | 'seconds' | 'status' }
    ? number
    : O extends { kind: 'milliseconds' }
      ? readonly number[]
      : O extends { kind: 'optional-seconds' }
        ? number
        : O extends { kind: 'choice'; choices: readonly (infer C)[] }
          ? C
          : string;

type ValueOf<O> = O extends { many: true }
  ? readonly string[]
  : O extends { kind: 'flag' }
    ? boolean
    : O extends { fallback: {} }
      ? Plain<O>
      : Plain<O> | undefined;

/** What a handler gets for a table of options. */
export type OptionValues<O extends OptionSpecs> = { readonly [K in keyof O]: ValueOf<O[K]> };

/** Options of every command of every program. */
export const COMMON_OPTIONS = {
  repo: { kind: 'text', value: 'DIR', describe: 'the repository (default: the one around this folder)' },
  format: {
    kind: 'choice',
    choices: ['ndjson', 'json', 'table'],
    describe: 'form of stdout (default: table on a terminal, else ndjson)',
  },
  quiet: { kind: 'flag', describe: 'nothing on stderr but errors' },
  verbose: { kind: 'flag', describe: 'say more on stderr' },
} as const satisfies OptionSpecs;

/** Options of every check before a run. */
export const REPORT_OPTIONS = {
  report: {
    kind: 'flag',
    describe: 'tell every check in a line of its own, {check, level, code, message, hint}, and end with 0',
  },
} as const satisfies OptionSpecs;

/** For those checks that try something out, or look at what a run only needs later. */
export const SURVEY_OPTION = {
  survey: {
    kind: 'flag',
    describe: 'as --report, but nothing at all is made or fetched, and what stops no run is told too',
  },
} as const satisfies OptionSpecs;

/** Option of every command that can serve as a coprocess. */
export const LEASH_OPTION = {
  leash: { kind: 'flag', describe: 'take the end of stdin without an "end" line as the death of the parent' },
} as const satisfies OptionSpecs;
