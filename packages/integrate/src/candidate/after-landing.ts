import type { Bench } from '../site/bench.ts';
import type { Candidate } from './candidate.ts';
import type { Landed } from '../push/landed.ts';
import { updateCheckout } from '../books/update-checkout.ts';
import { removeWorkspace } from '../workspace/workspace-removal.ts';

/** Does what is nice to have once the work is safe; none of it can unmake the landing, so failures are only noted. */
export async function afterLanding(
  bench: Bench,
  candidate: Candidate,
  { queueTracked, commit }: Landed,
  hasWorkspace: boolean,
): Promise<void> {
  if (bench.stop.aborted) return;
  const note = (what: string) => bench.output.note(`ralph-integrate: ${candidate.taskId}: ${what}`);
  try {
    if (queueTracked) {
      bench.checkout.soon(async () => {
        if (!bench.stop.aborted)
          await updateCheckout(bench, commit, note).catch((error: unknown) => note(wordsFor(error)));
      });
    }
    if (hasWorkspace && !bench.settings.keepWorkspaces) await removeWorkspace(bench, candidate);
  } catch (error) {
    note(wordsFor(error));
  }
}

function wordsFor(error: unknown): string {
  return `landed, but not all could be cleared away: ${error instanceof Error ? error.message : String(error)}`;
}
