import { RunFold } from '../record/run-fold.ts';
import type { RunLines } from '../record/run-index.ts';
import type { RunLog, Taking } from '../record/run-log.ts';
import type { RunStory } from '../record/run-story.ts';
import { findRun } from './find-run.ts';
import type { AskRunning } from './run-in-progress.ts';

/** A run that is told of. */
export interface ToldRun {
  readonly story: RunStory;
  readonly isRunning: boolean;
}

/** Returns the last runs, the newest first. Those that have told their own sums are not folded. */
export async function lastRuns(log: RunLog, limit: number, ask: AskRunning): Promise<ToldRun[]> {
  const last: RunLines[] = [];
  await log.runs((run) => {
    last.push(run);
    if (last.length > limit) last.shift();
  });
  const newest = last.at(-1);
  const isRunning = newest !== undefined && (await ask(newest));
  const untold = last.filter(({ finished }) => finished?.totals === undefined);
  const folds = await log.fold(untold, () => new RunFold());
  return last.toReversed().map((run) => {
    const goesOn = run === newest && isRunning;
    const fold = folds[untold.indexOf(run)] ?? headOf(run);
    return { story: fold.story(goesOn ? Date.now() : undefined), isRunning: goesOn };
  });
}

/**
 * Folds the events of one run.
 *
 * @param wanted its id, the beginning of it, or `last`
 * @throws Failure `run_not_found`; `usage` where several are meant
 */
export async function foldRun<T extends Taking>(
  log: RunLog,
  wanted: string,
  { ask, make }: { readonly ask: AskRunning; readonly make: () => T },
): Promise<{ readonly fold: T; readonly isRunning: boolean }> {
  const { found, isNewest } = await findRun(log, wanted);
  const isRunning = isNewest && (await ask(found));
  const [fold = make()] = await log.fold([found], make);
  return { fold, isRunning };
}

/** Returns one run with all its tasks; `wanted` and what it throws as for `foldRun`. */
export async function oneRun(log: RunLog, wanted: string, ask: AskRunning): Promise<ToldRun> {
  const { fold, isRunning } = await foldRun(log, wanted, { ask, make: () => new RunFold() });
  return { story: fold.story(isRunning ? Date.now() : undefined), isRunning };
}

/** What the first and the last event of a run tell is all that a line of the list shows. */
function headOf({ started, finished }: RunLines): RunFold {
  const fold = new RunFold();
  if (started !== undefined) fold.take(started);
  if (finished !== undefined) fold.take(finished);
  return fold;
}
