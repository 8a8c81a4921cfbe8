import { packObjects, packRefs } from './pack-objects.ts';

/** So many tasks leave two refs each in a file of its own, which every fetch reads, and a dozen loose objects. */
const EVERY_ATTEMPTS = 100;

/**
 * Has git tidy up the user's repository beside a run, after each so many attempts. It is done by the gits of the run: another
 * program of ours would take as much memory as one of those that do the work. Nothing of a run depends on it.
 */
export class TidyUp {
  readonly #root: string;
  readonly #signal: AbortSignal;
  #attempts = 0;
  #running: Promise<void> | undefined;

  /** @param signal on abort what goes on is ended */
  constructor(root: string, signal: AbortSignal) {
    this.#root = root;
    this.#signal = signal;
  }

  /** Counts an attempt that has ended. */
  count(): void {
    this.#attempts += 1;
    if (this.#attempts % EVERY_ATTEMPTS !== 0 || this.#running !== undefined || this.#signal.aborted) return;
    this.#running = this.#tidyUp().finally(() => (this.#running = undefined));
  }

  /** Settles when nothing of it goes on; never fails. */
  async done(): Promise<void> {
    await this.#running;
  }

  async #tidyUp(): Promise<void> {
    try {
      await packRefs(this.#root, this.#signal);
      await packObjects(this.#root, this.#signal);
    } catch {
      // Where it cannot be done now, the next time will do.
    }
  }
}
