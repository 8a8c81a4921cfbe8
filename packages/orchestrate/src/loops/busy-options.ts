import type { OptionSpecs } from '@ralph/protocol/cli/options';

/** What is done when the loop lock is held. */
export const BUSY_OPTIONS = {
  'on-busy': {
    kind: 'choice',
    choices: ['fail', 'wait', 'worktree'],
    describe:
      'what to do when another run holds the repository: refuse, wait, or run beside it in a worktree on branch ralph/NAME (default: fail)',
  },
  exclusive: { kind: 'flag', describe: 'the same as --on-busy wait' },
  wait: {
    kind: 'seconds',
    describe:
      'wait for another run to end, at most this long (with --on-busy worktree: before one is made; default: 2)',
  },
} as const satisfies OptionSpecs;
