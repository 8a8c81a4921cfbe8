import type { Job } from '../candidate/job.ts';
import { land, type Landed } from '../push/land.ts';

/**
 * Lands a job.
 *
 * @throws Failure when it cannot land by itself; Stopped
 */
export async function landWithRemedies(job: Job): Promise<Landed> {
  return land(job);
}
