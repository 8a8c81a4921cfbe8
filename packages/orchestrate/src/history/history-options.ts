import type { OptionSpecs } from '@ralph/protocol/cli/options';

export const HISTORY_OPTIONS = {
  limit: { kind: 'count', fallback: 20, describe: 'list so many runs at most, the newest' },
} as const satisfies OptionSpecs;
