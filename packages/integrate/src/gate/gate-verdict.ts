import type { TreeEnd } from '@ralph/protocol/process/process-tree';

/** How one run of a gate ended: by itself with 0 or not, or at its time limit. */
export type RunEnd = 'green' | 'red' | 'timeout';

/** What is known of a gate: its runs on the tree that is judged, and the one on what the work stands on. */
export interface KnownRuns {
  readonly first: RunEnd;
  readonly second?: RunEnd;
  readonly base?: RunEnd;
}

export type GateVerdict = 'passed' | 'flaky' | 'red' | 'already_red' | 'timeout';

/** What to do next about a gate: to run it again, to run it on the base, or nothing, since its verdict is known. */
export type GateStep = 'run_again' | 'run_base' | GateVerdict;

/** Returns how a run ended; one that was cut off says nothing and is not to be asked about. */
export function runEnd({ cause, exitCode }: TreeEnd): RunEnd {
  if (cause !== 'exited') return 'timeout';
  return exitCode === 0 ? 'green' : 'red';
}

/**
 * Decides what follows from the runs of a gate. A run that took too long is not repeated, since that costs its limit once
 * more; a base that took too long proves nothing against the target.
 *
 * @param retry whether a red gate may be run again
 */
export function nextStep({ first, second, base }: KnownRuns, retry: boolean): GateStep {
  if (first === 'green') return 'passed';
  if (first === 'timeout') return 'timeout';
  if (!retry) return 'red';
  if (second === undefined) return 'run_again';
  if (second === 'green') return 'flaky';
  if (second === 'timeout') return 'timeout';
  if (base === undefined) return 'run_base';
  return base === 'red' ? 'already_red' : 'red';
}
