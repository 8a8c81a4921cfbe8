import { isFailure } from '@ralph/protocol/contract/failure';
import { timerMs } from '@ralph/protocol/cli/timer-ms';
import { PathWatch, type PathWatchOptions } from '@ralph/protocol/process/path-watch';

export interface WakesOptions extends PathWatchOptions {
  readonly onNote: (line: string) => void;
}

/** Wakes whoever follows files when they may have changed; where nothing can be watched, when the time is up. */
export class Wakes {
  readonly #options: WakesOptions;
  #watch: PathWatch | undefined;

  constructor(options: WakesOptions) {
    this.#options = options;
    try {
      this.#watch = new PathWatch(options);
    } catch (error) {
      this.#lost(error);
    }
  }

  /** Settles when one of the files may have changed, after the limit in ms, or at the signal. */
  async next(limitMs: number): Promise<void> {
    if (this.#watch !== undefined) {
      try {
        await this.#watch.next(limitMs);
        return;
      } catch (error) {
        this.close();
        this.#lost(error);
      }
    }
    const { signal } = this.#options;
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, timerMs(limitMs));
      if (signal.aborted) done();
      else signal.addEventListener('abort', done);
    });
  }

  close(): void {
    this.#watch?.close();
    this.#watch = undefined;
  }

  #lost(error: unknown): void {
    if (!isFailure(error)) throw error;
    this.#options.onNote(`${error.message}; looking now and then instead`);
  }
}
