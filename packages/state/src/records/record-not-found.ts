import { Failure } from '@ralph/protocol/contract/failure';

/** The failure for a task that the state file does not know. */
export function recordNotFound(id: string, path: string): Failure {
  return new Failure('record_not_found', `no record of ${id} in ${path}`, {
    hint: 'see what is known with ralph-state list',
    taskId: id,
  });
}
