import type { FailureCode } from '@ralph/protocol/contract/failure';

/** Failures that an agent can mend. */
const MENDABLE: ReadonlySet<FailureCode> = new Set<FailureCode>(['conflict', 'ci_failed', 'ci_timeout']);

/** Failures that are handed to a person with all that is known (reference: M47 to M49). */
const HANDED: ReadonlySet<FailureCode> = new Set<FailureCode>([...MENDABLE, 'push_race']);

export interface RemedyState {
  readonly hasResolver: boolean;
  /** How often the resolver was run. */
  readonly used: number;
  readonly most: number;
}

/**
 * Decides what follows a failure to land:
 * - `pass_on`: it is none that a handoff tells anything about
 * - `hand_over`: it is written down for a person
 * - `mend`: it is written down, and the resolver is run
 */
export function nextRemedy(
  code: FailureCode,
  { hasResolver, used, most }: RemedyState,
): 'pass_on' | 'hand_over' | 'mend' {
  if (!HANDED.has(code)) return 'pass_on';
  return MENDABLE.has(code) && hasResolver && used < most ? 'mend' : 'hand_over';
}
