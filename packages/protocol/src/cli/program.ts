import type { CleanupStack } from './cleanup-stack.ts';
import type { SourceName } from './completion/sources.ts';
import type { COMMON_OPTIONS, OptionSpecs, OptionValues } from './options.ts';
import type { Output } from './output.ts';
import type { Input } from './input.ts';
import type { Stop } from './stop.ts';
import type { ExitName } from '../contract/exit-status.ts';

/** What a command gets: its arguments, its streams, and the ways in which it can be told to stop. */
export interface Call<O extends OptionSpecs = OptionSpecs> {
  readonly program: string;
  readonly args: OptionValues<O> & OptionValues<typeof COMMON_OPTIONS>;
  readonly operands: readonly string[];
  /** What stood behind `--`. */
  readonly command: readonly string[];
  readonly input: Input;
  readonly output: Output;
  /** Its signal is aborted by SIGINT and its kin, by the end of the leash or by a closed stdout. */
  readonly stop: Stop;
  readonly cleanup: CleanupStack;
}

/** What a command ends with; the shell around it prints the records and sets the status. */
export interface Result {
  /** Rows of a list, printed in the asked format. */
  readonly records?: readonly object[];
  /** One document. */
  readonly record?: object;
  /** Columns of the table form: heading to cell. */
  readonly columns?: Readonly<Record<string, (row: never) => string>>;
  /** Text for a terminal in place of the generated table. */
  readonly text?: string;
  readonly exit?: ExitName | number;
  /** The program dies of this signal at its end, as the command did that it ran; shells tell that from a status. */
  readonly signal?: NodeJS.Signals;
}

export interface CommandModule<O extends OptionSpecs> {
  readonly run: (call: Call<O>) => Promise<Result>;
}

/** What a command takes beside options. */
export interface OperandSpec {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  /** There are no others. */
  readonly choices?: readonly string[];
  /** Where a shell finds words to offer. */
  readonly offers?: readonly SourceName[];
}

/** How a command is shown and found; its code is loaded when it is called. */
export interface CommandSpec<O extends OptionSpecs = OptionSpecs> {
  /** `['task', 'list']` for `ralph-state task list`. */
  readonly words: readonly string[];
  readonly summary: string;
  readonly operands?: OperandSpec;
  /** The option that a word too many was meant for. */
  readonly meantFor?: string;
  /** Whether a command may or must follow `--`. */
  readonly command?: 'optional' | 'required';
  readonly options: O;
  /** Reads on for a moment after a signal: the Ctrl-C of a terminal reaches a whole pipe at once. */
  readonly lingers?: boolean;
  readonly examples?: readonly string[];
  readonly load: () => Promise<CommandModule<O>>;
}

export interface ProgramSpec {
  readonly name: string;
  readonly summary: string;
  /** What is typed most, for the help of the program. */
  readonly examples?: readonly string[];
  readonly commands: readonly AnyCommandSpec[];
}

// A list of commands mixes option tables: each spec is checked where it is made, by `command`.
export type AnyCommandSpec = Omit<CommandSpec, 'load'> & {
  readonly load: () => Promise<{ readonly run: (call: never) => Promise<Result> }>;
};

/** Checks one command's table against its code and returns it for the program's list. */
export function command<O extends OptionSpecs>(spec: CommandSpec<O>): AnyCommandSpec {
  return spec;
}
