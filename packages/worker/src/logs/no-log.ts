import { Failure } from '@ralph/protocol/contract/failure';

/** Returns what is told of an attempt that has no log, or of a task that has none at all. */
export function noLog(taskId: string, attempt: number | undefined, attempts: readonly number[]): Failure {
  const which = attempt === undefined ? taskId : `attempt ${attempt} at ${taskId}`;
  const hint =
    attempts.length === 0 ? 'check the id: ralph-state list' : `there are logs of attempt ${attempts.join(', ')}`;
  return new Failure('record_not_found', `no log of ${which}`, { hint, taskId });
}
