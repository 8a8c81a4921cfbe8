import { closeSync, fstatSync, openSync } from 'node:fs';
import { readAgain } from '@ralph/protocol/process/read-again';
import { droppedHere } from '@ralph/protocol/cli/dropped-output';
import { olderKey, openOlder, type OlderPart } from './older-part.ts';

const CHUNK_BYTES = 64 * 1024;

/** Whoever copies a log cuts it at once, unless he was killed in between. */
const MOST_LOOKS = 20;

/**
 * A log that somebody else writes, and cuts when it is too long: gives out each byte once, from the first one that is
 * kept, and says where some were lost. Places are counted in all that was ever written to it.
 */
export class FollowedLog {
  readonly #path: string;
  readonly #fd: number;
  /** Stays open: its number could be given to the next one otherwise, which would then look like it. */
  #older: OlderPart | undefined;
  /** Place of the first byte that the log has now, and of the next one that is to be given out. */
  #begin = 0;
  #next = 0;
  #looks = 0;

  /** Throws what `open` throws. */
  constructor(path: string) {
    this.#fd = openSync(path, 'r');
    this.#path = path;
  }

  /**
   * Gives out what is new, in pieces that are good until the next one is asked for. Throws what `read` throws.
   *
   * @param isOver whether nobody writes it any more, nor will cut it
   */
  *newBytes(isOver: boolean): Generator<Buffer, void> {
    const buffer = Buffer.alloc(CHUNK_BYTES);
    for (;;) {
      if (this.#isCopied()) {
        const older = openOlder(this.#path);
        if (!older.isCut && !isOver && this.#looks < MOST_LOOKS) {
          closeSync(older.fd);
          this.#looks += 1;
          return;
        }
        yield* this.#goOverTo(older, buffer);
        continue;
      }
      const length = readAgain(this.#fd, buffer, 0, CHUNK_BYTES, this.#next - this.#begin);
      const { size } = fstatSync(this.#fd);
      // Before a log is cut it is copied: what was read is of the time before that, or is read again.
      if (this.#isCopied()) continue;
      if (length === 0 && this.#begin + size >= this.#next) return;
      if (length === 0) {
        this.#begin = this.#next;
        yield Buffer.from(droppedHere(0));
      } else {
        this.#next += length;
        yield buffer.subarray(0, length);
      }
    }
  }

  close(): void {
    closeSync(this.#fd);
    if (this.#older !== undefined) closeSync(this.#older.fd);
  }

  #isCopied(): boolean {
    const key = olderKey(this.#path);
    return key !== undefined && key !== this.#older?.key;
  }

  /** The log was copied and cut: gives out what it had and was not read yet. */
  *#goOverTo(older: OlderPart, buffer: Buffer): Generator<Buffer, void> {
    if (this.#older !== undefined) closeSync(this.#older.fd);
    this.#older = older;
    this.#looks = 0;
    // It was never cut.
    if (!older.isCut) return;
    const { begin, end, lostBytes, headBytes } = older;
    // Whoever writes after a set-up counts from there.
    if (begin < this.#begin) {
      this.#next -= this.#begin;
      this.#begin = 0;
    }
    if (this.#next > 0 && this.#next < begin) yield Buffer.from(droppedHere(begin - this.#next));
    const from = this.#next === 0 ? 0 : headBytes + Math.max(0, this.#next - begin);
    yield* piecesOf(older.fd, from, headBytes + end - begin, buffer);
    const lost = end + lostBytes - Math.max(this.#next, end);
    if (lost > 0) yield Buffer.from(droppedHere(lost));
    this.#begin = end + lostBytes;
    this.#next = this.#begin;
  }
}

function* piecesOf(fd: number, from: number, end: number, buffer: Buffer): Generator<Buffer, void> {
  for (let position = from; position < end;) {
    const length = readAgain(fd, buffer, 0, Math.min(buffer.length, end - position), position);
    if (length === 0) return;
    position += length;
    yield buffer.subarray(0, length);
  }
}
