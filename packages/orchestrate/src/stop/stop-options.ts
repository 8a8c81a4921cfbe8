import type { OptionSpecs } from '@ralph/protocol/cli/options';

export const STOP_OPTIONS = {
  wait: {
    kind: 'optional-seconds',
    describe: 'wait until the run has ended, without a limit or at most this long',
  },
} as const satisfies OptionSpecs;
