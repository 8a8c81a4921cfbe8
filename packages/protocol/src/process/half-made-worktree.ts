import { setTimeout as pause } from 'node:timers/promises';

/** How a git has ended. */
interface Ended {
  readonly exitCode: number | null;
  readonly stderr: string;
}

/** Longer than git takes from the first to the last file of a worktree that it makes, on a machine that is very busy. */
const PAUSES_MS = [20, 40, 80, 160, 320, 640];

/** What git says that has met the note of a worktree which another git was just writing (2.39: it dies of it). */
const HALF_MADE = /^fatal: failed to read \S*worktrees\/[^/\n]+\/commondir/m;

/**
 * Runs git again for as long as it met a worktree that is just being made: it looks at all of them before it does anything,
 * so that a git that died of it has changed nothing.
 */
export async function pastHalfMadeWorktrees<R extends Ended>(run: () => Promise<R>): Promise<R> {
  let result = await run();
  for (const ms of PAUSES_MS) {
    if (result.exitCode !== 128 || !HALF_MADE.test(result.stderr)) break;
    await pause(ms);
    result = await run();
  }
  return result;
}
