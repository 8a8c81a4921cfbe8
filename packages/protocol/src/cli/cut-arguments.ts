import yargs from 'yargs';
import type { OptionSpecs } from './options.ts';

/** What yargs made of an argument list, unchecked. */
export interface RawArguments {
  readonly _: readonly (string | number)[];
  readonly '--'?: readonly (string | number)[];
  readonly [name: string]: unknown;
}

/** Cuts what follows the words of a command into options, operands and the command behind `--`, all of it as text. */
export async function cutArguments(options: OptionSpecs, argv: readonly string[]): Promise<RawArguments> {
  const parser = yargs(withDashValues(options, argv))
    .help(false)
    .version(false)
    .exitProcess(false)
    .locale('en')
    .fail((message, error) => {
      throw error ?? new Error(message);
    })
    .parserConfiguration({
      'populate--': true,
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'short-option-groups': false,
      'duplicate-arguments-array': true,
      'greedy-arrays': false,
    });
  for (const [name, option] of Object.entries(options)) {
    if (option.kind === 'flag') parser.boolean(name);
    else parser.string(name);
  }
  return parser.parseAsync();
}

/** Ties a lone `-` to its option: yargs takes it for a word of its own, and everybody else for stdin. */
function withDashValues(options: OptionSpecs, argv: readonly string[]): string[] {
  const dashes = argv.indexOf('--');
  const end = dashes === -1 ? argv.length : dashes;
  const tied: string[] = [];
  for (const [index, word] of argv.entries()) {
    const before = argv[index - 1]?.replace(/^--/, '') ?? '';
    const takesValue = Object.hasOwn(options, before) && options[before]?.kind !== 'flag';
    if (word === '-' && index < end && takesValue) tied.push(`${tied.pop() ?? ''}=-`);
    else tied.push(word);
  }
  return tied;
}
