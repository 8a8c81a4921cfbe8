import { LEASH_OPTION, type OptionSpecs } from '@ralph/protocol/cli/options';

export const LOCK_OPTIONS = {
  name: { kind: 'text', value: 'NAME', fallback: 'loop', describe: 'which lock: .ralph/NAME.lock (default: loop)' },
} as const satisfies OptionSpecs;

export const TAKE_OPTIONS = {
  ...LOCK_OPTIONS,
  prompt: { kind: 'text', describe: 'what the holder is doing; shown to those who find the lock held' },
  wait: { kind: 'optional-seconds', describe: 'wait for the lock, at most this long when a time is given' },
} as const satisfies OptionSpecs;

export const HOLD_OPTIONS = { ...TAKE_OPTIONS, ...LEASH_OPTION } as const satisfies OptionSpecs;
