import type { OptionSpecs } from '@ralph/protocol/cli/options';

export const INIT_OPTIONS = {
  gitignore: {
    kind: 'flag',
    describe: 'write the ignore rules to .gitignore (default: .git/info/exclude; a terminal is asked)',
  },
  trust: { kind: 'flag', describe: 'let the configuration of this repository run commands, without asking' },
  'no-trust': { kind: 'flag', describe: 'do not let it, without asking' },
  'dry-run': { kind: 'flag', describe: 'only show what would be written' },
} as const satisfies OptionSpecs;
