import { command, type AnyCommandSpec, type ProgramSpec } from '../program.ts';
import type { OptionSpecs } from '../options.ts';
import { SHELLS, type Shell } from './shells.ts';

const OPTIONS = {} as const satisfies OptionSpecs;

/** Returns the command `completion` of a program; the program is asked for when the command is called. */
export function completionCommand(name: string, program: () => ProgramSpec): AnyCommandSpec {
  return command({
    words: ['completion'],
    summary: 'Print a script that lets a shell complete commands, options and ids; see it for where it goes.',
    operands: { name: SHELLS.join('|'), least: 1, most: 1, choices: SHELLS },
    options: OPTIONS,
    examples: [`source <(${name} completion bash)`],
    load: async () => {
      const { completionScript } = await import('./script.ts');
      const run = ({ operands }: { operands: readonly string[] }) =>
        Promise.resolve({ text: completionScript(program(), operands[0] as Shell) });
      return { run };
    },
  });
}
