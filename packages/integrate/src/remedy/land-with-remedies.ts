import type { Job } from '../candidate/job.ts';

/**
 * Lands a job, or publishes it.
 *
 * @param landing the landing itself; may be called again
 * @throws Failure when it cannot land by itself; Stopped
 */
export async function landWithRemedies<T>(job: Job, landing: (job: Job) => Promise<T>): Promise<T> {
  return landing(job);
}
