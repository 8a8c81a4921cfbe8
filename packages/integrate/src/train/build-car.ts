import { isFailure } from '@ralph/protocol/contract/failure';
import { prepare, putBack } from '../prepare/prepare.ts';
import { firstOnTarget, type Landed } from '../push/landed.ts';
import { bringTarget } from '../push/target.ts';
import { throwIfStopped } from '../site/stopped.ts';
import type { Car } from './car.ts';
import { bringBelow, keepForTrain } from './train-refs.ts';

export type Built =
  | { readonly kind: 'built'; readonly commit: string }
  | { readonly kind: 'conflicted' }
  /** It is on the target branch already, or adds nothing to it. */
  | { readonly kind: 'landed'; readonly landed: Landed };

/** Where a candidate is to stand: on the target branch, or on one in front of it. */
export interface Ground {
  readonly onto: string;
  /** Whether that is the target branch, as the remote has it. */
  readonly isTarget: boolean;
  /** Whether others may stand on what is built. */
  readonly carries: boolean;
}

/**
 * Makes of a candidate what is to be pushed, on top of the ground.
 *
 * @throws Failure on the target branch, for all but a conflict; that, and any on top of others, is kept with the
 *   candidate; Stopped
 */
export async function buildCar(car: Car, { onto, isTarget, carries }: Ground): Promise<Built> {
  const { job } = car;
  const { settings, stop } = job.bench;
  throwIfStopped(stop);
  if (isTarget) {
    const landed = await firstOnTarget(job, onto);
    if (landed !== undefined) {
      // It may stand on a candidate that was in front of it: whoever keeps what is in the workspace would keep that as its own.
      await putBack(job).catch(() => {});
      return { kind: 'landed', landed };
    }
    await bringTarget(settings, job.workspace, onto);
  }
  try {
    if (!isTarget) await bringBelow(job, onto);
    const prepared = await prepare(job, onto);
    const { commit, queueTracked } = prepared;
    if (isTarget && commit === onto) return { kind: 'landed', landed: { commit, queueTracked } };
    await keepForTrain(job, prepared, carries);
    car.prepared = prepared;
    return { kind: 'built', commit };
  } catch (error) {
    // Whatever keeps it from standing on others says nothing about the target itself, where it is tried next.
    if (!isFailure(error) || (isTarget && error.code !== 'conflict')) throw error;
    car.failure = error;
    return { kind: 'conflicted' };
  }
}
