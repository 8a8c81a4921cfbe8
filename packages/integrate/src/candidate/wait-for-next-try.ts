import { pause } from './backoff.ts';
import type { Job } from './job.ts';
import { landAgain } from './next-command.ts';
import { refusedWords } from './refused-words.ts';
import type { Refusal } from '../push/push-verdict.ts';
import type { Bench } from '../site/bench.ts';
import { throwIfStopped } from '../site/stopped.ts';

/**
 * Counts a push that did not land, or a connection that failed, and settles when it is time for the next try.
 *
 * @throws Failure when there is to be none; Stopped
 */
export async function waitForNextTry(job: Job, refusal: Refusal, words: string): Promise<void> {
  const { bench, candidate } = job;
  const next = job.countSetback(refusal, words, landAgain(bench.settings, candidate));
  if (typeof next !== 'number') throw next;
  await pauseBefore(bench, candidate.taskId, { refusal, words, ms: next });
}

/**
 * Says why the next try is to come later, and waits for it.
 *
 * @throws Stopped
 */
export async function pauseBefore(
  { output, stop }: Bench,
  who: string,
  { refusal, words, ms }: { readonly refusal: Refusal; readonly words: string; readonly ms: number },
): Promise<void> {
  if (ms > 0) {
    output.note(`ralph-integrate: ${who}: ${refusedWords(refusal)}; next try in ${ms} ms (${words})`);
    await pause(ms, stop);
  }
  throwIfStopped(stop);
}
