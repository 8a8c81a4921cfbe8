import { isFailure } from '@ralph/protocol/contract/failure';
import { pushCommit } from '../push/push.ts';
import { pushVerdict, refusalWords, shownVerdict } from '../push/push-verdict.ts';
import { fetchTarget, isInHistory } from '../push/target.ts';
import type { Bench } from '../site/bench.ts';
import { targetName } from '../site/settings.ts';
import { throwIfStopped } from '../site/stopped.ts';
import type { Car } from './car.ts';
import { nextTryOf, type Setback } from './setback.ts';

export type PushEnd =
  | { readonly kind: 'landed'; readonly target: string }
  /** Refused together; each may be tried by itself. */
  | { readonly kind: 'apart' }
  | { readonly kind: 'setback'; readonly setback: Setback };

/**
 * Pushes the last of some candidates, which brings those below it along, and asks the remote whether they are there.
 * When they are not, settles when it is time for the next try.
 *
 * @throws Stopped
 */
export async function pushCars(below: readonly Car[], last: Car, commit: string): Promise<PushEnd> {
  const { bench, workspace } = last.job;
  const cars = [...below, last];
  for (const { job, prepared } of cars) {
    job.pushes += 1;
    if (prepared !== undefined && !job.pushed.includes(prepared.commit)) job.pushed.push(prepared.commit);
  }
  const result = await pushCommit(bench.settings, workspace, commit, bench.lastCall).catch((error: unknown) => {
    if (below.length === 0 || !isFailure(error)) throw error;
    return undefined;
  });
  // Nothing was sent: it is the workspace of the last that is broken.
  if (result === undefined) return { kind: 'apart' };
  const verdict = pushVerdict(result, commit);
  const asked = verdict === 'ok' || verdict === 'unknown' ? await askFor(bench, cars, commit) : undefined;
  if (asked !== undefined) return asked;
  const refusal = verdict === 'ok' ? 'unknown' : verdict;
  const words = verdict === 'ok' ? `${targetName(bench.settings)} does not hold what was pushed` : refusalWords(result);
  throwIfStopped(bench.stop);
  for (const { job } of cars) {
    const { taskId: task_id, attempt } = job.candidate;
    await bench.output.event('push.rejected', { task_id, attempt, verdict: shownVerdict(refusal), message: words });
  }
  if ((refusal === 'policy' || refusal === 'local') && cars.length > 1) return { kind: 'apart' };
  return { kind: 'setback', setback: await nextTryOf(cars, refusal, words) };
}

/** Asks the remote, as long as it takes, since the push may have come through. Nothing when it has not. */
async function askFor(bench: Bench, cars: readonly Car[], commit: string): Promise<PushEnd | undefined> {
  for (;;) {
    const end = await fetchTarget(bench.settings, bench.lastCall);
    if (end.kind === 'fetched') {
      return (await isInHistory(bench, commit, end.commit)) ? { kind: 'landed', target: end.commit } : undefined;
    }
    throwIfStopped(bench.lastCall);
    if (end.kind === 'missing') return undefined;
    const setback = await nextTryOf(cars, end.kind, end.words);
    if (setback.out.size > 0) return { kind: 'setback', setback };
  }
}
