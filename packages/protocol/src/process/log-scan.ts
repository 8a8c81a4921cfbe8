import { fstatSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { readAgain } from './read-again.ts';

const CHUNK_BYTES = 256 * 1024;
/** What is read at most while everything else waits. */
const TURN_BYTES = 8 * 2 ** 20;

/** Reads are over before anybody else has a turn, and readers keep nothing. */
const buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);

/** Whoever is to see what is written into a log. */
export interface LogReader {
  /** Is given the next bytes, which it must not keep. */
  push(bytes: Buffer): void;
  /** What comes does not go on where the last bytes have ended. */
  gap(): void;
}

/** What was kept of a log that was cut. */
export interface LogCopy {
  /** Where in the log it begins. */
  readonly begin: number;
  /** Reads what the log had at a position; returns how many bytes, none where that was not kept. Throws what `read` throws. */
  read(into: Buffer, position: number): number;
}

/** Shows what is written into a log to a reader, each byte once, also when the log is cut in between. */
export class LogScan {
  readonly #fd: number;
  readonly #reader: LogReader;
  #position: number;

  /** Begins at the end that the log has now. Throws what `fstat` throws. */
  constructor(fd: number, reader: LogReader) {
    this.#fd = fd;
    this.#reader = reader;
    this.#position = fstatSync(fd).size;
  }

  /** Reads on, and returns whether it has come to the end; otherwise there may be more. Throws what `read` throws. */
  readOn(): boolean {
    return this.#show((into) => readAgain(this.#fd, into, 0, into.length, this.#position));
  }

  /** Reads to the end that the log has now, and lets others have their turns. Throws what `fstat` and `read` throw. */
  async readAll(): Promise<void> {
    const { size } = fstatSync(this.#fd);
    while (!this.readOn() && this.#position < size) await nextTurn();
  }

  /**
   * The log was cut when it had that many bytes. What was not read by then is read from the copy, as far as that has it.
   * Throws what `read` throws.
   */
  async cut(size: number, copy: LogCopy | undefined): Promise<void> {
    if (copy !== undefined && copy.begin > this.#position) {
      this.#reader.gap();
      this.#position = copy.begin;
    }
    try {
      while (copy !== undefined && !this.#show((into) => copy.read(into, this.#position))) await nextTurn();
    } finally {
      if (this.#position < size) this.#reader.gap();
      this.#position = 0;
    }
  }

  /** Somebody else has cut the log: where it was read to means nothing any more. */
  lose(): void {
    this.#reader.gap();
    this.#position = 0;
  }

  #show(read: (into: Buffer) => number): boolean {
    for (let left = TURN_BYTES; left > 0;) {
      const length = read(buffer);
      if (length === 0) return true;
      this.#position += length;
      left -= length;
      this.#reader.push(buffer.subarray(0, length));
    }
    return false;
  }
}
