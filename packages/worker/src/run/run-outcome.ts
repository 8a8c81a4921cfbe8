import type { ExitName } from '@ralph/protocol/contract/exit-status';
import type { TaskOutcome } from './run-task.ts';

/** Returns the status of a run: ok when nothing failed, failed when everything did, partial between the two. */
export function runStatus(outcomes: readonly TaskOutcome[]): ExitName {
  const failed = outcomes.filter((outcome) => outcome === 'failed').length;
  if (failed === 0) return 'ok';
  return failed === outcomes.length ? 'failed' : 'partial';
}
