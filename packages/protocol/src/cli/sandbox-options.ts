import { resolve } from 'node:path';
import type { OptionSpecs, OptionValues } from './options.ts';

export const SANDBOXES = ['none', 'bwrap'] as const;

export const SANDBOX_NETS = ['host', 'none'] as const;

/** In what all that is run of the agent's making is locked; without a fallback, for whoever hands on what was asked for. */
export const SANDBOX_ASKED = {
  sandbox: {
    kind: 'choice',
    choices: SANDBOXES,
    describe: 'lock agent, resolver, set-up and gates in, so that they can write their workspace only (default: none)',
  },
  'sandbox-write': {
    kind: 'text',
    value: 'PATH',
    many: true,
    describe: 'a folder or file that may be written in the sandbox too, as a cache; may be repeated',
  },
  'sandbox-read': {
    kind: 'text',
    value: 'PATH',
    many: true,
    describe: 'a hidden folder, file or socket that can be read in the sandbox all the same; may be repeated',
  },
  'sandbox-net': {
    kind: 'choice',
    choices: SANDBOX_NETS,
    describe: 'the network in the sandbox: that of the machine, or none at all (default: host)',
  },
} as const satisfies OptionSpecs;

/** The same for every program that runs any of it. */
export const SANDBOX_OPTIONS = {
  ...SANDBOX_ASKED,
  sandbox: { ...SANDBOX_ASKED.sandbox, fallback: 'none' },
  'sandbox-net': { ...SANDBOX_ASKED['sandbox-net'], fallback: 'host' },
} as const satisfies OptionSpecs;

/** Returns the options that ask for the same sandbox again, from any folder. */
export function sandboxArguments(args: OptionValues<typeof SANDBOX_OPTIONS>): string[] {
  if (args.sandbox === 'none') return [];
  const paths = (['sandbox-write', 'sandbox-read'] as const).flatMap((name) =>
    args[name].flatMap((path) => [`--${name}`, path.startsWith('~') ? path : resolve(path)]),
  );
  const net = args['sandbox-net'] === 'host' ? [] : ['--sandbox-net', args['sandbox-net']];
  return ['--sandbox', args.sandbox, ...paths, ...net];
}
