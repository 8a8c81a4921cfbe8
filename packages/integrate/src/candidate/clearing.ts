/** What is done behind landings, one after the other, while the next ones go on. */
export class Clearing {
  #last: Promise<void> = Promise.resolve();

  /** @param work rejects with nothing */
  add(work: () => Promise<void>): void {
    void this.through(work);
  }

  /** Does something in its turn, and settles as it does. */
  through(work: () => Promise<void>): Promise<void> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => {});
    return done;
  }

  /** Settles when all that was added before is done. */
  async done(): Promise<void> {
    await this.#last;
  }
}
