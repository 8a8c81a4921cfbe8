import type { ExitName } from '@ralph/protocol/contract/exit-status';
import type { Failure, FailureCode } from '@ralph/protocol/contract/failure';

/** How the integration of one candidate ended. */
export type Outcome =
  | { readonly kind: 'landed' }
  | { readonly kind: 'blocked'; readonly failure: Failure }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'stopped' };

/** How many candidates of a run ended in which way. */
export interface Tally {
  landed: number;
  blocked: number;
  failed: number;
}

/** Returns the status of a run: 0 when nothing went wrong, 3 or 1 when all are blocked or all have failed, else 2. */
export function exitOfRun({ landed, blocked, failed }: Tally): ExitName {
  if (blocked === 0 && failed === 0) return 'ok';
  if (landed > 0) return 'partial';
  if (failed === 0) return 'blocked';
  return blocked === 0 ? 'failed' : 'partial';
}

/** Codes after which the workspace is of no use to a person; all else is kept as blocked. */
const FAILED_CODES: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'fenced',
  'workspace_missing',
  'bookkeeping_failed',
  'task_unsafe_id',
]);

/** Tells whether a failure keeps the workspace for a person (blocked) or ends the attempt (failed). */
export function kindOfFailure(code: FailureCode): 'blocked' | 'failed' {
  return FAILED_CODES.has(code) ? 'failed' : 'blocked';
}
