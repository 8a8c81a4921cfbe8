import { ownsTerminal } from '@ralph/protocol/cli/terminal';
import type { Output } from '@ralph/protocol/cli/output';
import { describeHolder } from './describe-holder.ts';
import { lookAtLock, type LockView } from './look-at-lock.ts';

const REFRESH_MS = 1000;

/**
 * Tells for whom we wait: once where stderr is no terminal, and on a terminal in a line that goes on to tell it while
 * the holder changes and the time passes.
 *
 * @returns what ends the notice and clears its line
 */
export function noticeWait(path: string, first: LockView, output: Output): () => void {
  if (!output.isLive || !ownsTerminal()) {
    output.note(`ralph-lock: waiting for ${describeHolder(first)}`);
    return () => {};
  }
  const since = performance.now();
  let view = first;
  const show = () => {
    // In the background it would write over what somebody types.
    if (!ownsTerminal()) return;
    // The time in front: a narrow terminal cuts the end.
    const seconds = Math.round((performance.now() - since) / 1000);
    output.progress(`ralph-lock: waiting ${seconds} s for ${describeHolder(view)}`);
  };
  show();
  const timer = setInterval(() => {
    lookAtLock(path).then(
      (now) => {
        if (now.locked) view = now;
        if (!ended) show();
      },
      () => {},
    );
  }, REFRESH_MS);
  let ended = false;
  return () => {
    ended = true;
    clearInterval(timer);
    output.progress(undefined);
  };
}
