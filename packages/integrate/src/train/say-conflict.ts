import type { Failure } from '@ralph/protocol/contract/failure';
import type { Job } from '../candidate/job.ts';

/** Tells of a conflict with the target branch itself; one with another candidate may pass. */
export async function sayConflict({ bench, candidate }: Job, failure: Failure): Promise<void> {
  const { taskId: task_id, attempt } = candidate;
  const files = failure.parts.details?.['files'];
  await bench.output.event('rebase.conflicted', {
    task_id,
    attempt,
    files: Array.isArray(files) ? files.map(String) : [],
  });
}
