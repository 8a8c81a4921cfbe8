import { EXIT_STATUS, type ExitName } from './exit-status.ts';

/**
 * Every way in which a program of the family can fail, with the status it exits with. The set is closed: scripts may
 * switch over it. A code is chosen where the error arises, never by matching the text of a message.
 */
export const FAILURE_CODES = {
  usage: 'usage',
  unknown_command: 'usage',
  bad_line: 'data',
  line_too_long: 'data',
  state_corrupt: 'data',
  state_newer: 'data',
  state_inexact: 'data',
  illegal_transition: 'data',
  queue_corrupt: 'data',
  queue_invalid: 'data',
  repair_incomplete: 'data',
  task_unsafe_id: 'data',
  task_exists: 'data',
  file_too_large: 'data',
  task_not_found: 'empty',
  schema_not_found: 'empty',
  record_not_found: 'empty',
  loop_not_found: 'empty',
  run_not_found: 'empty',
  target_not_found: 'empty',
  record_active: 'busy',
  task_failed: 'failed',
  task_blocked: 'blocked',
  wait_timeout: 'timeout',
  not_a_repository: 'config',
  dubious_ownership: 'config',
  no_origin: 'config',
  detached_head: 'config',
  target_branch_missing: 'config',
  target_branch_mismatch: 'config',
  identity_missing: 'config',
  workspace_root: 'config',
  config_invalid: 'config',
  config_untrusted: 'config',
  repository_dirty: 'config',
  loop_unavailable: 'config',
  loop_exists: 'busy',
  command_not_found: 'not_found',
  command_not_executable: 'not_executable',
  lock_held: 'busy',
  lock_held_by_ancestor: 'busy',
  lock_unavailable: 'io',
  lock_lost: 'io',
  claim_held: 'busy',
  origin_unreachable: 'unavailable',
  push_race: 'unavailable',
  push_denied: 'denied',
  push_auth: 'denied',
  push_local: 'failed',
  conflict: 'blocked',
  fenced: 'blocked',
  ci_failed: 'failed',
  ci_timeout: 'timeout',
  target_red: 'failed',
  foreign_commits: 'blocked',
  publish_failed: 'failed',
  workspace_missing: 'failed',
  workspace_dirty: 'blocked',
  bookkeeping_failed: 'failed',
  followups_invalid: 'blocked',
  agent_failed: 'failed',
  owner_gone: 'failed',
  agent_signalled: 'failed',
  agent_timeout: 'timeout',
  agent_idle_timeout: 'timeout',
  agent_spawn_failed: 'failed',
  rate_limited: 'limit',
  budget_spent: 'limit',
  secrets_committed: 'failed',
  sandbox_unavailable: 'config',
  setup_failed: 'failed',
  travel_refused: 'config',
  workspace_unsupported: 'config',
  workspace_quota: 'limit',
  no_changes: 'failed',
  cancelled: 'cancelled',
  git_failed: 'io',
  git_missing: 'io',
  permission: 'io',
  disk_full: 'io',
  io: 'io',
  sibling_failed: 'internal',
  internal: 'internal',
} as const satisfies Record<string, ExitName>;

export type FailureCode = keyof typeof FAILURE_CODES;

const RETRYABLE = new Set<ExitName>(['unavailable', 'busy', 'limit']);

/** Busy with us: it does not end before we do. */
const NEVER_RETRYABLE = new Set<FailureCode>(['lock_held_by_ancestor']);

export interface FailureParts {
  /** The next command, or what to change; one line. */
  hint?: string;
  taskId?: string;
  attempt?: number;
  /** Seconds after which it may be tried again. */
  retryAfter?: number;
  details?: Record<string, unknown>;
  cause?: unknown;
  /** Replaces the status of the table: a command whose own status is passed through. */
  exit?: number;
}

/** A failure that was foreseen: it has a code, a status, words for a person and the next command. */
export class Failure extends Error {
  readonly code: FailureCode;
  readonly parts: FailureParts;

  constructor(code: FailureCode, message: string, parts: FailureParts = {}) {
    super(message, { cause: parts.cause });
    this.name = 'Failure';
    this.code = code;
    this.parts = parts;
  }

  /** The exit status that this failure ends the process with. */
  get exit(): number {
    return this.parts.exit ?? EXIT_STATUS[FAILURE_CODES[this.code]].code;
  }

  /** The machine-readable form, printed as the last line of stderr. */
  toRecord(): FailureRecord {
    const { hint, taskId, attempt, retryAfter, details } = this.parts;
    return {
      code: this.code,
      message: this.message,
      hint: hint ?? '',
      exit: this.exit,
      retryable: RETRYABLE.has(FAILURE_CODES[this.code]) && !NEVER_RETRYABLE.has(this.code),
      ...(retryAfter === undefined ? {} : { retry_after: retryAfter }),
      ...(taskId === undefined ? {} : { task_id: taskId }),
      ...(attempt === undefined ? {} : { attempt }),
      ...(details === undefined ? {} : { details }),
    };
  }
}

export interface FailureRecord {
  code: FailureCode;
  message: string;
  hint: string;
  exit: number;
  retryable: boolean;
  retry_after?: number;
  task_id?: string;
  attempt?: number;
  details?: Record<string, unknown>;
}

/** Tells a foreseen failure from a bug. By shape, since bundles may hold the class twice. */
export function isFailure(error: unknown): error is Failure {
  return error instanceof Error && error.name === 'Failure' && 'code' in error && 'parts' in error;
}

const ERRNO_CODES: Partial<Record<string, FailureCode>> = {
  ENOSPC: 'disk_full',
  EDQUOT: 'disk_full',
  EACCES: 'permission',
  EPERM: 'permission',
  EROFS: 'permission',
};

const NO_SPACE = 'free some space and run the command again';
const NO_PROCESS = 'this machine has too many processes or too little memory (ulimit -u, free): run it again later';
const NO_FILES = 'too many files are open (ulimit -n): run it again later, or with a higher limit';

const HINTS: Partial<Record<string, string>> = {
  ENOSPC: NO_SPACE,
  EDQUOT: NO_SPACE,
  EAGAIN: NO_PROCESS,
  ENOMEM: NO_PROCESS,
  EMFILE: NO_FILES,
  ENFILE: NO_FILES,
  EIO: 'the disk, or what it is reached by, is in trouble: see the log of the system (dmesg)',
};

/**
 * Turns an error of the operating system into a failure that names what was being done; other errors are returned as
 * they are, since an unforeseen error is a bug and keeps its stack.
 */
export function asIoFailure(error: unknown, doing: string): unknown {
  if (!(error instanceof Error) || isFailure(error)) return error;
  const errno = (error as NodeJS.ErrnoException).code;
  if (errno === undefined || !/^E[A-Z0-9]+$/.test(errno)) return error;
  return new Failure(ERRNO_CODES[errno] ?? 'io', `cannot ${doing}: ${errno}`, {
    cause: error,
    hint: HINTS[errno] ?? 'check the path and its permissions',
  });
}
