import type { Failure } from '@ralph/protocol/contract/failure';
import { landAgain } from '../candidate/next-command.ts';
import { pauseBefore } from '../candidate/wait-for-next-try.ts';
import type { Refusal } from '../push/push-verdict.ts';
import type { Car } from './car.ts';

export interface Setback {
  /** Those for which there is to be no further try, and why. */
  readonly out: ReadonlyMap<Car, Failure>;
}

/**
 * Counts a push that did not land, or a connection that failed, for each of some candidates, and settles when it is time
 * for the next try.
 *
 * @throws Stopped
 */
export async function nextTryOf(cars: readonly Car[], refusal: Refusal, words: string): Promise<Setback> {
  const out = new Map<Car, Failure>();
  const pauses: number[] = [];
  for (const car of cars) {
    const { job } = car;
    const next = job.countSetback(refusal, words, landAgain(job.bench.settings, job.candidate));
    if (typeof next === 'number') pauses.push(next);
    else out.set(car, next);
  }
  const [first] = cars;
  if (first === undefined) return { out };
  const { bench, candidate } = first.job;
  const ms = Math.max(0, ...pauses);
  const who = cars.length === 1 ? candidate.taskId : `${candidate.taskId} and ${cars.length - 1} more`;
  await pauseBefore(bench, who, { refusal, words, ms });
  return { out };
}
