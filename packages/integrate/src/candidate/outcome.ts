import type { ExitName } from '@ralph/protocol/contract/exit-status';
import type { Failure, FailureCode } from '@ralph/protocol/contract/failure';

/** How the integration of one candidate ended. */
export type Outcome =
  | { readonly kind: 'landed' }
  /** Stands on a branch of its own and awaits a review. */
  | { readonly kind: 'published' }
  | { readonly kind: 'blocked'; readonly failure: Failure }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'skipped'; readonly failure: Failure }
  | { readonly kind: 'stopped' };

/** How many candidates of a run ended in which way. */
export interface Tally {
  landed: number;
  published: number;
  blocked: number;
  failed: number;
  /** Another process has the task. */
  skipped: number;
}

/** Returns the status of a run: 0 when nothing went wrong, 3, 1 or 75 when all ended the same way, else 2. */
export function exitOfRun({ landed, published, blocked, failed, skipped }: Tally): ExitName {
  const ways: ExitName[] = [];
  if (blocked > 0) ways.push('blocked');
  if (failed > 0) ways.push('failed');
  if (skipped > 0) ways.push('busy');
  const [only = 'ok', another] = ways;
  return only !== 'ok' && (landed + published > 0 || another !== undefined) ? 'partial' : only;
}

/** Codes after which the workspace is of no use to a person; all else is kept as blocked. */
const FAILED_CODES: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'fenced',
  'workspace_missing',
  'bookkeeping_failed',
  'no_changes',
  'task_unsafe_id',
]);

/**
 * Tells whether a failure keeps the workspace for a person (blocked), ends the attempt (failed), or says nothing of it
 * since another process is at it (skipped).
 */
export function kindOfFailure(code: FailureCode): 'blocked' | 'failed' | 'skipped' {
  if (code === 'claim_held') return 'skipped';
  return FAILED_CODES.has(code) ? 'failed' : 'blocked';
}
