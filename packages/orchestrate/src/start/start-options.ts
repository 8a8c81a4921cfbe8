import type { OptionSpecs } from '@ralph/protocol/cli/options';

export const FORCE_OPTION = {
  force: { kind: 'flag', describe: 'start although the repository holds changes that are not committed' },
} as const satisfies OptionSpecs;
