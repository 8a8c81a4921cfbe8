import type { Output } from '@ralph/protocol/cli/output';
import type { AnyEvent, EventFields, EventType } from '@ralph/protocol/contract/events';

/** Tells events of the run itself, one after the other. */
export class OwnEvents {
  readonly #output: Output;
  readonly #onTold: (event: AnyEvent) => void;
  readonly #onFail: (error: Error) => void;
  #told: Promise<unknown> = Promise.resolve();

  /**
   * @param onTold keeps an event that was shown
   * @param onFail told when one could not be shown or kept
   */
  constructor(output: Output, onTold: (event: AnyEvent) => void, onFail: (error: Error) => void) {
    this.#output = output;
    this.#onTold = onTold;
    this.#onFail = onFail;
  }

  /** Settles when everything so far was told. */
  get settled(): Promise<unknown> {
    return this.#told;
  }

  /** Settles with whether the event is on record. */
  tell<T extends EventType>(type: T, fields: EventFields<T>): Promise<boolean> {
    const telling = this.#told.then(async () => {
      try {
        this.#onTold(await this.#output.event(type, fields));
        return true;
      } catch (error) {
        this.#onFail(error instanceof Error ? error : new Error(String(error)));
        return false;
      }
    });
    this.#told = telling;
    return telling;
  }
}
