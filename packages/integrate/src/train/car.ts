import type { Failure } from '@ralph/protocol/contract/failure';
import type { Job } from '../candidate/job.ts';
import type { Prepared } from '../prepare/prepare.ts';
import type { Landed } from '../push/landed.ts';

/** A job in the train. */
export interface Car {
  readonly id: string;
  readonly job: Job;
  /** What was made of it on top of the one in front. */
  prepared?: Prepared;
  /** Why it cannot land as it is; told when it leaves. */
  failure?: Failure;
  /** Aborted when the word of its gate is of no more use. */
  gate?: AbortController;
  /** Settles when its gate has ended. */
  judging?: Promise<unknown>;
  /** How many works are being done at it. */
  busy: number;
  /** How it ends, as soon as nothing is being done at it any more. */
  end?: () => void;
  readonly resolve: (landed: Landed) => void;
  readonly reject: (error: unknown) => void;
}

/** Returns the name of a job in the line. */
export function carId({ candidate }: Pick<Job, 'candidate'>): string {
  return `${candidate.taskId}/${candidate.attempt}`;
}
