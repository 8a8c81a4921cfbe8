import { timerMs } from '../cli/timer-ms.ts';
import { isYounger } from './process-age.ts';
import { signalProcess } from './process-list.ts';

/** How long a command may take to end after SIGTERM. */
const TERM_MS = 2000;

/** How long its end may stay unknown after SIGKILL. */
const LOST_MS = 1000;

export interface BoundGroup {
  /** To be called with the process group of the command as soon as it is known. */
  readonly started: (group: number) => void;
  /** To be called at its end, and whether that is known or was given up. */
  readonly release: (isKnown: boolean) => void;
}

/**
 * Sees to it that a command comes to an end: on abort and at the limit its group gets SIGTERM, and SIGKILL after 2 s.
 *
 * @param onLost called when nobody has told of its end, or even of its start, 1 s after that
 */
export function boundGroup(limitMs: number, signal: AbortSignal | undefined, onLost: () => void): BoundGroup {
  let group: number | undefined;
  let beganAt = 0;
  let told = false;
  let next: NodeJS.Timeout | undefined;
  const send = (name: 'SIGTERM' | 'SIGKILL') => {
    if (group === undefined) return;
    // Whoever should have waited for it may have been killed: then its number can be that of a stranger by now.
    if (isYounger(group, performance.now() - beganAt)) return;
    // Its first moments it spends in the group of whoever started it.
    signalProcess(group, name);
    signalProcess(-group, name);
  };
  const kill = () => {
    send('SIGKILL');
    next = setTimeout(onLost, LOST_MS);
  };
  const end = () => {
    if (told) return;
    told = true;
    send('SIGTERM');
    next = setTimeout(kill, TERM_MS);
  };
  const limit = setTimeout(end, timerMs(limitMs));
  if (signal?.aborted === true) end();
  signal?.addEventListener('abort', end, { once: true });
  const release = (isKnown: boolean) => {
    for (const timer of [limit, next]) clearTimeout(timer);
    signal?.removeEventListener('abort', end);
    // What it has left behind keeps the number of the group from being given to a stranger.
    if (told || !isKnown) send('SIGKILL');
  };
  const started = (known: number) => {
    group = known;
    beganAt = performance.now();
    if (told) send('SIGTERM');
  };
  return { started, release };
}
