import type { ExitName } from '@ralph/protocol/contract/exit-status';
import type { TaskOutcome } from './run-task.ts';

/**
 * Returns the status of a run: ok when nothing failed, failed when everything did, partial between the two; limit when an
 * agent was turned away by a limit, since the rest can be had later.
 */
export function runStatus(outcomes: readonly TaskOutcome[]): ExitName {
  if (outcomes.some((outcome) => outcome === 'held' || outcome === 'limited')) return 'limit';
  const failed = outcomes.filter((outcome) => outcome === 'failed').length;
  if (failed === 0) return 'ok';
  return failed === outcomes.length ? 'failed' : 'partial';
}
