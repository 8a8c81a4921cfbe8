import { closeSync, constants, fstatSync, openSync, statSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { readAgain } from '@ralph/protocol/process/read-again';
import { LINE_LIMIT_BYTES } from '@ralph/protocol/cli/input';
import { olderNumbers, olderPart } from '../record/log-parts.ts';
import { jsonObject } from '../record/read-line.ts';

const CHUNK_BYTES = 64 * 1024;

export interface LoggedLine {
  readonly text: string;
  readonly record: Record<string, unknown>;
}

/**
 * Reads a log of events that others append to, and goes on with the fresh one when it was renamed and begun anew: what
 * stands in the older one comes first.
 */
export class EventTail {
  readonly #path: string;
  readonly #buffer = Buffer.alloc(CHUNK_BYTES);
  #fd: number | undefined;
  #offset: number;
  #decoder = new StringDecoder('utf8');
  #rest = '';

  /**
   * @param fd a log that is open already, which is closed with this
   * @param offset where in it to begin, at the beginning of a line
   */
  constructor(path: string, fd?: number, offset = 0) {
    this.#path = path;
    this.#fd = fd;
    this.#offset = offset;
  }

  /** Yields the whole lines that have come since the last call; what is no JSON object is passed over. */
  *lines(): Generator<LoggedLine> {
    for (;;) {
      this.#fd ??= openIfThere(this.#path);
      if (this.#fd === undefined) return;
      yield* this.#more(this.#fd);
      // Whoever writes may have appended to it until it was renamed: it is looked at once more after that was seen.
      if (!this.#isRenamed(this.#fd)) return;
      yield* this.#more(this.#fd);
      if (!this.#goOn(this.#fd)) return;
    }
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  *#more(fd: number): Generator<LoggedLine> {
    // Somebody has cut it.
    if (fstatSync(fd).size < this.#offset) this.#begin(0);
    for (;;) {
      const count = readAgain(fd, this.#buffer, 0, CHUNK_BYTES, this.#offset);
      if (count === 0) return;
      this.#offset += count;
      const texts = (this.#rest + this.#decoder.write(this.#buffer.subarray(0, count))).split('\n');
      this.#rest = texts.pop() ?? '';
      if (this.#rest.length > LINE_LIMIT_BYTES) this.#rest = '';
      for (const text of texts) {
        const record = jsonObject(text);
        if (record !== undefined) yield { text, record };
      }
    }
  }

  #isRenamed(fd: number): boolean {
    const now = keyOf(this.#path);
    return now !== undefined && now !== keyOf(fd);
  }

  /** Goes on with the part that was begun after this one; stays where there is none yet. Returns whether it went on. */
  #goOn(fd: number): boolean {
    const next = openNext(this.#path, fd);
    if (next === undefined) return false;
    closeSync(fd);
    this.#fd = next;
    this.#begin(0);
    return true;
  }

  #begin(offset: number): void {
    this.#offset = offset;
    this.#decoder = new StringDecoder('utf8');
    this.#rest = '';
  }
}

/** Opens a plain file for reading; nothing where there is none. */
export function openIfThere(path: string): number | undefined {
  try {
    // A pipe of that name must not make us wait.
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    if (fstatSync(fd).isFile()) return fd;
    closeSync(fd);
    return undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Opens the part of a log that follows one: looked for from the newest on, since what is renamed meanwhile goes to a place
 * that is yet to be looked at. Where the one itself is gone, the oldest that was written after it.
 */
function openNext(path: string, fd: number): number | undefined {
  const own = keyOf(fd);
  const parts = [path, ...olderNumbers(path).map((number) => olderPart(path, number))];
  const isThere = parts.some((part) => keyOf(part) === own);
  let next: number | undefined;
  for (const candidate of parts) {
    const part = openIfThere(candidate);
    if (part === undefined) continue;
    const isOwn = keyOf(part) === own;
    if (!isOwn && (isThere || next === undefined || isLater(part, fd))) {
      if (next !== undefined) closeSync(next);
      next = part;
    } else closeSync(part);
    if (isOwn) break;
  }
  return next;
}

function keyOf(file: string | number): string | undefined {
  const stats = typeof file === 'number' ? fstatSync(file) : statSync(file, { throwIfNoEntry: false });
  return stats === undefined ? undefined : `${stats.dev}:${stats.ino}`;
}

function isLater(one: number, other: number): boolean {
  return fstatSync(one).mtimeMs >= fstatSync(other).mtimeMs;
}
