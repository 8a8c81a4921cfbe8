import { prepare } from '../prepare/prepare.ts';
import { bringTarget } from '../push/target.ts';
import type { Car } from './car.ts';
import { bringBelow, keepForTrain } from './train-refs.ts';

/**
 * Puts candidates, in their order, on the target branch as another train of ours has left it. Their gates are not asked
 * again: that trains do not bear on each other is what the user has declared.
 *
 * @returns the commit that is to be pushed
 * @throws Failure `conflict` when they do all the same
 */
export async function joinRoad(cars: readonly Car[], target: string): Promise<string> {
  let onto = target;
  for (const car of cars) {
    const { job } = car;
    // A gate whose word was no longer needed may still be ending in the workspace.
    await car.judging;
    await (onto === target ? bringTarget(job.bench.settings, job.workspace, onto) : bringBelow(job, onto));
    const prepared = await prepare(job, onto);
    await keepForTrain(job, prepared, true);
    car.prepared = prepared;
    onto = prepared.commit;
  }
  return onto;
}
