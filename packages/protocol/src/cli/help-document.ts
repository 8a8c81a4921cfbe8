import { optionRows, synopsis } from './help-text.ts';
import { COMMON_OPTIONS, type OptionSpec, type OptionSpecs } from './options.ts';
import type { AnyCommandSpec, ProgramSpec } from './program.ts';
import { VERSION } from './version.ts';

/** One option as `help --format json` shows it. */
export interface OptionDocument {
  readonly name: string;
  /** As it is typed: `--wait[=SECONDS]`. */
  readonly form: string;
  readonly kind: OptionSpec['kind'];
  readonly meaning: string;
  readonly choices?: readonly string[];
  readonly many?: boolean;
  readonly default?: unknown;
}

/** One command as `help --format json` shows it. */
export interface CommandDocument {
  readonly command: string;
  readonly synopsis: string;
  readonly summary: string;
  readonly options: readonly OptionDocument[];
  readonly examples: readonly string[];
}

/** The whole command line of a program, for the generator of the docs, for completions and for other programs. */
export interface HelpDocument {
  readonly name: string;
  readonly version: string;
  readonly summary: string;
  readonly examples: readonly string[];
  readonly commands: readonly CommandDocument[];
  readonly common_options: readonly OptionDocument[];
}

/** Returns what `help --format json` prints. */
export function helpDocument(program: ProgramSpec): HelpDocument {
  return {
    name: program.name,
    version: VERSION,
    summary: program.summary,
    examples: program.examples ?? [],
    commands: program.commands.map((spec) => commandDocument(program.name, spec)),
    common_options: optionDocuments(COMMON_OPTIONS),
  };
}

function commandDocument(program: string, spec: AnyCommandSpec): CommandDocument {
  return {
    command: spec.words.join(' '),
    synopsis: synopsis(program, spec),
    summary: spec.summary,
    options: optionDocuments(spec.options),
    examples: spec.examples ?? [],
  };
}

function optionDocuments(options: OptionSpecs): OptionDocument[] {
  const rows = optionRows(options);
  return Object.entries(options).map(([name, { kind, choices, many, fallback }], index) => {
    const [form = '', meaning = ''] = rows[index] ?? [];
    return {
      name,
      form,
      kind,
      meaning,
      ...(choices === undefined ? {} : { choices }),
      ...(many === undefined ? {} : { many }),
      ...(fallback === undefined ? {} : { default: fallback }),
    };
  });
}
