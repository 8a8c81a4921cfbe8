import type { Failure } from '@ralph/protocol/contract/failure';

/** The lines of a stream that were refused: each is told once, the worst of them as the error at the end. */
export class Refusals {
  readonly #note: (message: string) => void;
  #untold: Failure[] = [];
  #worst: Failure | undefined;

  constructor(note: (message: string) => void) {
    this.#note = note;
  }

  /** A stale attempt is the least of them: it is told to whoever sent it, and nothing is to be done. */
  add(failure: Failure): void {
    this.#untold.push(failure);
    if (this.#worst === undefined || (this.#worst.code === 'fenced' && failure.code !== 'fenced'))
      this.#worst = failure;
  }

  /** Tells what has been refused up to now, since there is more to come. */
  tell(): void {
    for (const { message } of this.#untold) this.#note(message);
    this.#untold = [];
  }

  /** Tells the rest; returns the worst for the caller to end with. */
  end(): Failure | undefined {
    this.#untold = this.#untold.filter((failure) => failure !== this.#worst);
    this.tell();
    return this.#worst;
  }
}
