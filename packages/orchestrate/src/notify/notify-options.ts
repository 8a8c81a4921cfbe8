import type { OptionSpecs } from '@ralph/protocol/cli/options';

/** `notify test`, `send` and `list` take no options of their own. */
export const NOTIFY_OPTIONS = {} as const satisfies OptionSpecs;
