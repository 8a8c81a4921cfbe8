import { missingBranch } from '@ralph/protocol/process/missing-branch';
import { fetchTarget } from '../push/target.ts';
import type { Bench } from '../site/bench.ts';
import { throwIfStopped } from '../site/stopped.ts';
import type { Car } from './car.ts';
import { nextTryOf, type Setback } from './setback.ts';

export type Sight =
  { readonly kind: 'seen'; readonly target: string } | { readonly kind: 'setback'; readonly setback: Setback };

/**
 * Asks the remote where the target branch is. When it cannot be asked, settles when it is time for the next try.
 *
 * @param cars those that wait for it
 * @throws Failure `target_branch_missing`, `git_failed`; Stopped
 */
export async function lookAtTarget({ settings, stop }: Bench, cars: readonly Car[]): Promise<Sight> {
  const end = await fetchTarget(settings, stop);
  throwIfStopped(stop);
  switch (end.kind) {
    case 'fetched':
      return { kind: 'seen', target: end.commit };
    case 'missing':
      throw await missingBranch(settings.root, settings.remote.name, settings.targetBranch);
    case 'auth':
    case 'network':
      return { kind: 'setback', setback: await nextTryOf(cars, end.kind, end.words) };
  }
}
