const CLEAR = '\r\u001B[K';

const USUAL_WIDTH = 80;

/** One line on a terminal that says how things stand and is written over by the next; nothing where there is none. */
export class ProgressLine {
  readonly #stream: () => NodeJS.WriteStream;
  #shown = false;

  constructor(stream: () => NodeJS.WriteStream) {
    this.#stream = stream;
  }

  /** Whether somebody can see it. */
  get isLive(): boolean {
    return this.#stream().isTTY;
  }

  show(text: string): void {
    if (!this.isLive) return;
    const stream = this.#stream();
    // A line that the terminal wraps could not be written over; one that does not tell its width has 0.
    const width = stream.columns > 1 ? stream.columns : USUAL_WIDTH;
    stream.write(`${CLEAR}${[...text].slice(0, width - 1).join('')}`);
    this.#shown = true;
  }

  /** Takes the line away, before other text and at the end. */
  clear(): void {
    if (this.#shown) this.#stream().write(CLEAR);
    this.#shown = false;
  }
}
