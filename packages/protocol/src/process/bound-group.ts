import { timerMs } from '../cli/timer-ms.ts';
import { signalProcess } from './process-list.ts';

/** How long a command may take to end after SIGTERM. */
const TERM_MS = 2000;

export interface BoundGroup {
  /** To be called with the process group of the command as soon as it is known. */
  readonly started: (group: number) => void;
  /** To be called at its end. */
  readonly release: () => void;
}

/** Sees to it that a command comes to an end: on abort and at the limit its group gets SIGTERM, and SIGKILL after 2 s. */
export function boundGroup(limitMs: number, signal: AbortSignal | undefined): BoundGroup {
  let group: number | undefined;
  let told = false;
  let kill: NodeJS.Timeout | undefined;
  const send = (name: 'SIGTERM' | 'SIGKILL') => {
    if (group === undefined) return;
    // Its first moments it spends in the group of whoever started it.
    signalProcess(group, name);
    signalProcess(-group, name);
  };
  const end = () => {
    told = true;
    if (group === undefined || kill !== undefined) return;
    send('SIGTERM');
    kill = setTimeout(() => send('SIGKILL'), TERM_MS);
  };
  const limit = setTimeout(end, timerMs(limitMs));
  if (signal?.aborted === true) told = true;
  signal?.addEventListener('abort', end, { once: true });
  const release = () => {
    for (const timer of [limit, kill]) clearTimeout(timer);
    signal?.removeEventListener('abort', end);
    // What it has left behind keeps the number of the group from being given to a stranger.
    if (told && group !== undefined) signalProcess(-group, 'SIGKILL');
  };
  const started = (known: number) => {
    group = known;
    if (told) end();
  };
  return { started, release };
}
