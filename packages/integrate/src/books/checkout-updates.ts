import type { Clearing } from '../candidate/clearing.ts';

/** Landings that follow closely share one update. */
const APART_MS = 500;

/** Brings the checkout of the user forward behind landings, as far as the last of them, and not for each of many. */
export class CheckoutUpdates {
  readonly #clearing: Clearing;
  #next: (() => Promise<void>) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #lastAt = -Infinity;

  constructor(clearing: Clearing) {
    this.#clearing = clearing;
  }

  /**
   * Takes what brings the checkout as far as a landing; it is done soon, unless that of a later one comes before.
   *
   * @param update rejects with nothing
   */
  soon(update: () => Promise<void>): void {
    this.#next = update;
    const waitMs = this.#lastAt + APART_MS - performance.now();
    if (waitMs <= 0) this.#begin();
    else this.#timer ??= setTimeout(() => this.#begin(), waitMs);
  }

  /** Settles when the checkout is as far as it can be, and all else that was left to be cleared away is done. */
  async done(): Promise<void> {
    await this.#clearing.done();
    this.#begin();
    await this.#clearing.done();
  }

  #begin(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const update = this.#next;
    this.#next = undefined;
    if (update === undefined) return;
    this.#lastAt = performance.now();
    this.#clearing.add(update);
  }
}
