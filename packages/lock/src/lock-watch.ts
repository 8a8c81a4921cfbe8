import { Failure } from '@ralph/protocol/contract/failure';
import type { HeldLock } from '@ralph/protocol/process/flock';

/** A holder is to notice within a second. */
const LOOK_MS = 250;

/**
 * Watches whether the file of a lock is still the one that we hold: when somebody has removed or replaced it, another
 * may take the lock beside us.
 *
 * @returns what ends the watch
 */
export function watchLock(held: HeldLock, onLost: (reason: string) => void): () => void {
  const timer = setInterval(() => {
    const reason = lossOf(held);
    if (reason === undefined) return;
    clearInterval(timer);
    onLost(reason);
  }, LOOK_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** Returns in words how a lock was lost; nothing as long as it was not. */
export function lossOf(held: HeldLock): string | undefined {
  try {
    return held.isCurrent() ? undefined : 'its file was removed or replaced';
  } catch {
    // A folder that nobody may look into any more hides the file from everybody.
    return undefined;
  }
}

/** The failure of a holder whose lock was lost. */
export function lockLost(path: string, reason: string): Failure {
  return new Failure('lock_lost', `the lock was lost: ${reason}: ${path}`, {
    hint: 'see who removes .ralph (rm, git clean -x, a checkout of a tracked lock file), and run it again',
    details: { path },
  });
}
