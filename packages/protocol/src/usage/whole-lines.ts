/** What is longer is no line that says what an agent used. */
export const LINE_LIMIT = 2 ** 20;

const NEWLINE = 0x0a;

export interface LineReader {
  /** Is given whole lines, which it must not keep; only the very last one may lack its newline. */
  take(lines: Buffer): void;
  /** Something is missing here. */
  miss(): void;
}

/**
 * Makes whole lines of bytes that come in any pieces. It holds no more than one line, and of one that is too long nothing.
 */
export class WholeLines {
  readonly #reader: LineReader;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #isDropping = false;

  constructor(reader: LineReader) {
    this.#reader = reader;
  }

  push(bytes: Buffer): void {
    let from = 0;
    if (this.#isDropping || this.#heldBytes > 0) {
      const newline = bytes.indexOf(NEWLINE);
      this.#hold(newline === -1 ? bytes : bytes.subarray(0, newline));
      if (newline === -1) return;
      from = newline + 1;
      if (!this.#isDropping) this.#held.push(Buffer.of(NEWLINE));
      this.end();
    }
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    if (end > from) this.#reader.take(bytes.subarray(from, end));
    this.#hold(bytes.subarray(Math.max(from, end)));
  }

  /** Something is missing here: the line that it was in says nothing. */
  gap(): void {
    this.#held = [];
    this.#heldBytes = 0;
    this.#isDropping = true;
    this.#reader.miss();
  }

  /** Gives out what is held of a line. */
  end(): void {
    const held = this.#held;
    this.#held = [];
    this.#heldBytes = 0;
    this.#isDropping = false;
    if (held.length > 0) this.#reader.take(Buffer.concat(held));
  }

  #hold(bytes: Buffer): void {
    if (this.#isDropping || bytes.length === 0) return;
    this.#heldBytes += bytes.length;
    if (this.#heldBytes > LINE_LIMIT) this.gap();
    else this.#held.push(Buffer.from(bytes));
  }
}
