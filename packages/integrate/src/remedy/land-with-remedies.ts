import type { Job } from '../candidate/job.ts';
import type { Landed } from '../push/landed.ts';

/**
 * Lands a job.
 *
 * @param land the landing itself; may be called again
 * @throws Failure when it cannot land by itself; Stopped
 */
export async function landWithRemedies(job: Job, land: (job: Job) => Promise<Landed>): Promise<Landed> {
  return land(job);
}
