import { LEASH_OPTION, REPORT_OPTIONS, type OptionSpecs } from '@ralph/protocol/cli/options';

export const LOCK_OPTIONS = {
  name: { kind: 'text', value: 'NAME', fallback: 'loop', describe: 'which lock: .ralph/NAME.lock (default: loop)' },
} as const satisfies OptionSpecs;

export const STATUS_OPTIONS = {
  ...LOCK_OPTIONS,
  check: { kind: 'flag', describe: 'end with 0 when the lock is free, with 75 when it is held or may be' },
  ...REPORT_OPTIONS,
} as const satisfies OptionSpecs;

const TAKE_OPTIONS = {
  ...LOCK_OPTIONS,
  prompt: { kind: 'text', describe: 'what the holder is doing; shown to those who find the lock held' },
  wait: { kind: 'optional-seconds', describe: 'wait for the lock, at most this long when a time is given' },
  'conflict-exit-code': {
    kind: 'status',
    describe: 'status to end with when another holds the lock, as flock -E (default: 75)',
  },
} as const satisfies OptionSpecs;

export const RUN_OPTIONS = {
  ...TAKE_OPTIONS,
  inherit: {
    kind: 'flag',
    describe: 'give the lock to the command as its descriptor 3; it is held until all have let it go',
  },
  'on-lost': {
    kind: 'choice',
    choices: ['stop', 'continue'],
    fallback: 'stop',
    describe: 'what becomes of the command when the lock file is removed or replaced (default: stop)',
  },
} as const satisfies OptionSpecs;

export const HOLD_OPTIONS = { ...TAKE_OPTIONS, ...LEASH_OPTION } as const satisfies OptionSpecs;
