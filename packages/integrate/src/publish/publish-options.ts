import type { OptionSpecs } from '@ralph/protocol/cli/options';

export const PUBLISH_MODES = ['push', 'branch', 'pr'] as const;

export const PUBLISH_OPTIONS = {
  publish: {
    kind: 'choice',
    choices: PUBLISH_MODES,
    fallback: 'push',
    describe:
      'what is done with work that is green: pushed to the target, or published as branch ralph/TASK for a review',
  },
  'pr-command': {
    kind: 'text',
    value: 'CMD',
    describe: 'with --publish pr: run by sh -c in the workspace once the branch is pushed, as `gh pr create`',
  },
  'pr-timeout': { kind: 'seconds', fallback: 120, describe: 'time limit of that command' },
} as const satisfies OptionSpecs;
