import { timerMs } from '../cli/timer-ms.ts';
import type { ProcessTree, TreeEnd } from './process-tree.ts';

export interface TreeBounds {
  /** In milliseconds. */
  readonly limitMs: number;
  /** Ends it when it is aborted. */
  readonly signal: AbortSignal;
}

/**
 * Lets a command go that is held at its start, and waits until it and all that it has started have ended: by itself, at its
 * time limit, or at the signal, after which it is not even let go.
 */
export async function endWithin(tree: ProcessTree, { limitMs, signal }: TreeBounds): Promise<TreeEnd> {
  // Its end is awaited through `finished`.
  const end = (cause: 'timeout' | 'cancelled') => void tree.end(cause).catch(() => {});
  const onStop = () => end('cancelled');
  const timer = setTimeout(() => end('timeout'), timerMs(limitMs));
  signal.addEventListener('abort', onStop, { once: true });
  try {
    if (signal.aborted) onStop();
    else tree.release();
    return await tree.finished;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onStop);
  }
}
