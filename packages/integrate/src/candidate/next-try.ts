import type { FailureCode } from '@ralph/protocol/contract/failure';
import type { Refusal } from '../push/push-verdict.ts';

/** Lost races that are answered at once; after them comes a pause (reference: part A13). */
const RACES_AT_ONCE = 5;

export interface Tries {
  /** Rejected pushes and failed connections so far, this one included. */
  readonly failures: number;
  /** Lost races without anything else between them, this one included. */
  readonly racesInRow: number;
  readonly maxAttempts: number;
}

export type NextTry =
  | { readonly kind: 'at_once' }
  | { readonly kind: 'after_pause' }
  /** `final`: no number of tries would have helped. */
  | { readonly kind: 'blocked'; readonly code: FailureCode; readonly final: boolean };

/** Decides what follows a push that did not land, or a connection that failed. */
export function nextTry(refusal: Refusal, { failures, racesInRow, maxAttempts }: Tries): NextTry {
  const last = failures >= maxAttempts;
  switch (refusal) {
    case 'race':
      if (last) return { kind: 'blocked', code: 'push_race', final: false };
      return { kind: racesInRow <= RACES_AT_ONCE ? 'at_once' : 'after_pause' };
    case 'lock_left':
      return last ? { kind: 'blocked', code: 'push_race', final: false } : { kind: 'after_pause' };
    case 'network':
    case 'unknown':
      return last ? { kind: 'blocked', code: 'origin_unreachable', final: false } : { kind: 'after_pause' };
    case 'policy':
      return { kind: 'blocked', code: 'push_denied', final: true };
    case 'auth':
      return { kind: 'blocked', code: 'push_auth', final: true };
    case 'local':
      return { kind: 'blocked', code: 'push_local', final: true };
  }
}
