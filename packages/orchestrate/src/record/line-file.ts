import { closeSync, fstatSync, writeSync } from 'node:fs';
import { readAgain } from '@ralph/protocol/process/read-again';

const NEWLINE = 0x0a;

/**
 * A file to which whole lines are appended. What an earlier writer, or a full disk, has left of a line stays a line of its
 * own: no other joins it.
 */
export class LineFile {
  readonly #fd: number;
  #size: number;
  /** Whether the file ends in the middle of a line. */
  #torn: boolean;

  /** @param fd of a file that is open for reading and appending; it is closed with this one */
  constructor(fd: number) {
    this.#fd = fd;
    this.#size = fstatSync(fd).size;
    this.#torn = this.#size > 0 && lastByte(fd, this.#size) !== NEWLINE;
  }

  /** In bytes. */
  get size(): number {
    return this.#size;
  }

  /** Ends a line that was left half written. Throws what `write` throws. */
  mend(): void {
    if (this.#torn) this.#write(Buffer.alloc(0));
  }

  /** Appends one line. Throws what `write` throws; a part of the line may be in the file then. */
  append(line: string): void {
    this.#write(Buffer.from(`${line}\n`));
  }

  close(): void {
    closeSync(this.#fd);
  }

  #write(line: Buffer): void {
    const bytes = this.#torn ? Buffer.concat([Buffer.of(NEWLINE), line]) : line;
    let done = 0;
    try {
      while (done < bytes.length) done += writeSync(this.#fd, bytes, done, bytes.length - done);
    } finally {
      this.#size += done;
      if (done > 0) this.#torn = bytes[done - 1] !== NEWLINE;
    }
  }
}

function lastByte(fd: number, size: number): number | undefined {
  const byte = Buffer.alloc(1);
  return readAgain(fd, byte, 0, 1, size - 1) === 1 ? byte[0] : NEWLINE;
}
