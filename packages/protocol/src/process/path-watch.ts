import { timerMs } from '../cli/timer-ms.ts';
import { FolderWatches } from './folder-watches.ts';

/** How long after a notice others are waited for. */
const GATHER_MS = 10;

export interface PathWatchOptions {
  /** Real path of a folder that is there; the watch fails when it goes. */
  readonly root: string;
  /** Files below the root, which need not be there, nor their folders. */
  readonly paths: readonly string[];
  readonly signal: AbortSignal;
}

/**
 * Tells when a file may have changed: it appeared, was written, replaced or removed, or a folder on the way to it was.
 * By the notice of the file system alone, which comes from this machine only. It watches each folder on the way for the
 * next name on it, from the root down and through symlinks, and begins anew where a folder was made again.
 *
 * The watch stands when it has been made: whoever reads the file after that misses no later change. It keeps the process
 * alive until `close`.
 *
 * @throws Failure `io` when the system has no watch left or the root is gone, `permission` when a folder cannot be read
 */
export class PathWatch {
  readonly #signal: AbortSignal;
  readonly #folders: FolderWatches;
  #changed = false;
  #failure: Error | undefined;
  #turn: NodeJS.Timeout | undefined;
  #closed = false;
  #wake = () => {};
  readonly #wakeUp = () => this.#wake();
  readonly #notice = () => this.#look();

  constructor({ root, paths, signal }: PathWatchOptions) {
    this.#signal = signal;
    this.#folders = new FolderWatches({
      root,
      paths,
      onNotice: this.#notice,
      onFailure: (error) => {
        this.#fail(error);
        this.#wake();
      },
    });
    signal.addEventListener('abort', this.#wakeUp);
    // What happens while we are stopped may be more than the system keeps for us.
    process.on('SIGCONT', this.#notice);
    try {
      this.#folders.arm();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /**
   * Settles when something may have changed since the last call settled so, and at once where it has already; any
   * number of changes is told once. With `stopped` after the signal, with `time` after the limit. One call at a time.
   *
   * @param limitMs milliseconds, without a limit where it is infinite
   * @throws Failure as the constructor
   */
  async next(limitMs = Number.POSITIVE_INFINITY): Promise<'changed' | 'stopped' | 'time'> {
    if (!this.#isSettled()) await this.#rest(limitMs);
    if (this.#closed || this.#signal.aborted) return 'stopped';
    if (this.#failure !== undefined) throw this.#failure;
    if (!this.#changed) return 'time';
    this.#changed = false;
    return 'changed';
  }

  /** Lets go of everything; a call of `next` that waits settles with `stopped`. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#turn);
    process.off('SIGCONT', this.#notice);
    this.#signal.removeEventListener('abort', this.#wakeUp);
    this.#folders.close();
    this.#wake();
  }

  #isSettled(): boolean {
    return this.#closed || this.#changed || this.#failure !== undefined || this.#signal.aborted;
  }

  async #rest(limitMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (limitMs !== Number.POSITIVE_INFINITY) timer = setTimeout(resolve, timerMs(limitMs));
    });
    clearTimeout(timer);
  }

  /** Something has happened on the way; what comes in the same moment is looked at together, as the steps of a git are. */
  #look(): void {
    if (this.#closed || this.#turn !== undefined) return;
    this.#turn = setTimeout(() => {
      this.#turn = undefined;
      try {
        this.#folders.arm();
      } catch (error) {
        this.#fail(error);
      }
      this.#changed = true;
      this.#wake();
    }, GATHER_MS);
  }

  #fail(error: unknown): void {
    this.#failure ??= error instanceof Error ? error : new Error(String(error));
  }
}
