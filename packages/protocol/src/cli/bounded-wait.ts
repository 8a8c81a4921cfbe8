/** Waits for something, but no longer than to the given time after a signal was aborted. */
export class BoundedWait {
  readonly #signal: AbortSignal | undefined;
  readonly #limitMs: number;
  #abortedAt: number | undefined;

  constructor(signal: AbortSignal | undefined, limitMs: number) {
    this.#signal = signal;
    this.#limitMs = limitMs;
    signal?.addEventListener('abort', () => (this.#abortedAt = performance.now()), { once: true });
  }

  /** Settles with true when the work has, with false when the time was up first. */
  async for(work: Promise<void>): Promise<boolean> {
    const signal = this.#signal;
    const done = work.then(() => true);
    if (signal === undefined) return done;
    let timer: NodeJS.Timeout | undefined;
    let onAbort = () => {};
    const late = new Promise<false>((resolve) => {
      onAbort = () => {
        const left = Math.max(0, this.#limitMs - (performance.now() - (this.#abortedAt ?? performance.now())));
        timer = setTimeout(() => resolve(false), left);
      };
      if (signal.aborted) onAbort();
      else signal.addEventListener('abort', onAbort, { once: true });
    });
    try {
      return await Promise.race([done, late]);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    }
  }
}
