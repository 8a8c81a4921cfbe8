import type { RunLines } from '../record/run-index.ts';
import { isRun } from '../stop/judge-stop.ts';
import { loopHolder } from '../stop/loop-holder.ts';

/** Tells of the newest run of a loop whether it goes on. */
export type AskRunning = (newest: RunLines) => Promise<boolean>;

/**
 * Returns the question whether a run goes on: one that has told of no end and whose loop lock is held since before it
 * began. ralph-lock is only asked where that is in doubt.
 */
export function askLock(repo: string, onNote: (line: string) => void): AskRunning {
  return async ({ started, finished }) => {
    if (finished !== undefined) return false;
    const holder = await loopHolder(repo, onNote);
    return holder !== undefined && isRun(holder) && isSince(started?.at, holder.started);
  };
}

/** One whose beginning is no longer in the log has told of itself since it began. */
export function isSince(begin: string | undefined, held: string): boolean {
  return begin === undefined || Date.parse(held) <= Date.parse(begin);
}
