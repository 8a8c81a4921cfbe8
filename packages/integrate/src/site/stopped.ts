/** Ends the work on a candidate because the program was told to stop; not a failure of the candidate. */
export class Stopped extends Error {
  constructor() {
    super('told to stop');
    this.name = 'Stopped';
  }
}

/** @throws Stopped when the signal is aborted */
export function throwIfStopped(signal: AbortSignal): void {
  if (signal.aborted) throw new Stopped();
}

/** Returns a signal that is aborted some time after another one, for what must still be finished then. */
export function abortedAfter(signal: AbortSignal, graceMs: number): AbortSignal {
  const controller = new AbortController();
  signal.addEventListener('abort', () => setTimeout(() => controller.abort(), graceMs).unref(), { once: true });
  return controller.signal;
}
