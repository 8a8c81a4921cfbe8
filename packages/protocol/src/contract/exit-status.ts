/**
 * The one table of exit statuses shared by the five programs. Scripts depend on these numbers: a status may be added,
 * never renumbered.
 */
export const EXIT_STATUS = {
  ok: { code: 0, meaning: 'what was asked for is true now', again: '' },
  failed: { code: 1, meaning: 'the task, agent or gate itself failed', again: 'by policy' },
  partial: { code: 2, meaning: 'a run ended: some landed, some failed or are blocked', again: 'look' },
  blocked: { code: 3, meaning: 'kept for a person or another task: conflict, dependency, fenced', again: 'no' },
  cancelled: { code: 4, meaning: 'cancelled on request', again: 'no' },
  limit: { code: 5, meaning: 'quota, budget or rate limit', again: 'later' },
  empty: { code: 6, meaning: 'no such id', again: 'no' },
  usage: { code: 64, meaning: 'bad arguments', again: 'no' },
  data: { code: 65, meaning: 'bad line, state or queue file; nothing was changed', again: 'no' },
  unavailable: { code: 69, meaning: 'origin or broker cannot be reached', again: 'yes' },
  internal: { code: 70, meaning: 'a bug, or the end was never reached', again: 'no' },
  io: { code: 74, meaning: 'disk full, cannot read or write, git missing', again: 'maybe' },
  busy: { code: 75, meaning: 'held by another', again: 'yes' },
  denied: { code: 77, meaning: 'push refused, protected branch, rights', again: 'no' },
  config: { code: 78, meaning: 'bad or untrusted configuration', again: 'no' },
  timeout: { code: 124, meaning: 'our own deadline ran out', again: 'by policy' },
  not_executable: { code: 126, meaning: 'the command was found but cannot be executed', again: 'no' },
  not_found: { code: 127, meaning: 'the command was not found', again: 'no' },
} as const satisfies Record<string, { code: number; meaning: string; again: string }>;

export type ExitName = keyof typeof EXIT_STATUS;

/** Returns the number a shell sees for a named status. */
export function exitCode(name: ExitName): number {
  return EXIT_STATUS[name].code;
}

/** Signals that the programs answer, with the number that a shell adds to 128. */
export const SIGNAL_NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGPIPE: 13, SIGTERM: 15 } as const;

export type KnownSignal = keyof typeof SIGNAL_NUMBERS;

/** Returns the status of a process that ended by `signal`, as a shell reports it: 128 + n. */
export function signalExitCode(signal: KnownSignal): number {
  return 128 + SIGNAL_NUMBERS[signal];
}
