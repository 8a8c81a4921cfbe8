import * as z from 'zod';

/** What takes a whole script as one argument (reference: part A2, CI gate). */
const SHELLS = new Set(['sh', 'bash', 'zsh', 'dash', 'fish', 'cmd', 'pwsh', 'powershell']);
const SCRIPT_FLAGS = /^(?:-[a-z]*c|\/c|-command)$/i;

/** A command as program and arguments. */
export const commandArgv = z
  .array(z.string())
  .refine((argv) => argv.length > 0, 'is empty: give a program and its arguments')
  .refine((argv) => argv[0] === undefined || argv[0].trim() !== '', 'its first entry, the program, is empty');

/** A command, or false for none. */
export const argvOrFalse = z.union([commandArgv, z.literal(false)], {
  error: 'not a command: a list of a program and its arguments, or false',
});

/** The command of a gate: no shell stands between, so that what is run is what is written (reference: part A2). */
export const argvOfGate = commandArgv
  .refine((argv) => argv.every((entry) => entry.trim() !== ''), 'has an empty entry')
  .refine((argv) => !launchesShell(argv), {
    error: (issue) =>
      `${String((issue.input as readonly string[])[0])} with a script is refused: name the program itself`,
  });

function launchesShell([program = '', ...args]: readonly string[]): boolean {
  const name = program
    .split(/[/\\]/)
    .at(-1)
    ?.replace(/\.exe$/i, '')
    .toLowerCase();
  return SHELLS.has(name ?? '') && args.some((arg) => SCRIPT_FLAGS.test(arg));
}
