import type { OptionSpecs } from '@ralph/protocol/cli/options';

export const REMEDY_DEFAULTS = { attempts: 3, timeoutSeconds: 1800 } as const;

export const REMEDY_OPTIONS = {
  resolver: {
    kind: 'text',
    value: 'CMD',
    describe: "mends a conflict or a red gate: run by sh -c in the workspace (default of run: the task's own agent)",
  },
  'no-resolver': { kind: 'flag', describe: 'run no resolver: a conflict or a red gate blocks the task' },
  'resolver-attempts': {
    kind: 'count',
    fallback: REMEDY_DEFAULTS.attempts,
    describe: 'how often a resolver is run for one task',
  },
  'resolver-timeout': {
    kind: 'seconds',
    fallback: REMEDY_DEFAULTS.timeoutSeconds,
    describe: 'time limit of a resolver',
  },
} as const satisfies OptionSpecs;
