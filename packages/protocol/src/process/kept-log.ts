import { closeSync, constants, fstatSync, ftruncateSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { readAgain } from './read-again.ts';
import { LogScan, type LogReader } from './log-scan.ts';
import { keepOlder, olderLogPath } from './older-log.ts';

const TAIL_BYTES = 16 * 1024;
const { O_CREAT, O_NOFOLLOW, O_RDWR } = constants;

/** The end of a log. */
export interface LogTail {
  readonly text: string;
  /** Whether there was more before it. */
  readonly cut: boolean;
}

/**
 * The log of an agent or a gate that writes into it by itself. It is kept within a limit: what is too long becomes the
 * older file, of which there is one, and whoever writes goes on at the new end, since it appends.
 */
export class KeptLog {
  readonly #fd: number;
  readonly #path: string;
  readonly #limitBytes: number;
  /** Bytes that were written before what the file holds. */
  #before = 0;
  #size = 0;
  #scan: LogScan | undefined;
  #isOpen = true;

  /** Makes a log, which only the user can read, and its folder. Throws what `mkdir` and `open` throw. */
  constructor(path: string, limitBytes: number) {
    mkdirSync(dirname(path), { recursive: true });
    this.#fd = openSync(path, O_CREAT | O_RDWR | O_NOFOLLOW, 0o600);
    this.#path = path;
    this.#limitBytes = limitBytes;
  }

  /** Bytes that were written in all, as far as they were measured. */
  get bytes(): number {
    return this.#before + this.#size;
  }

  get size(): number {
    return this.#size;
  }

  get limitBytes(): number {
    return this.#limitBytes;
  }

  get isFull(): boolean {
    return this.#size > this.#limitBytes;
  }

  /** Looks at the length of the file; returns by how much it has grown. */
  measure(): number {
    const { size } = fstatSync(this.#fd);
    // Somebody else has cut it.
    if (size < this.#size) {
      this.#before += this.#size;
      this.#scan?.lose();
    }
    const grown = size < this.#size ? size : size - this.#size;
    this.#size = size;
    return grown;
  }

  /**
   * Shows what is written from now on to a reader: what is new at each `readOn`, what is left before a cut, and the rest at
   * `readAll`. Throws what `fstat` throws.
   */
  showTo(reader: LogReader): void {
    this.#scan = new LogScan(this.#fd, reader);
  }

  /** Shows the reader what is new, or a part of it where that is much. Never throws. */
  readOn(): void {
    quietly(() => this.#scan?.readOn());
  }

  /** Shows the reader all that is new by now. Never throws. */
  async readAll(): Promise<void> {
    await this.#scan?.readAll().catch(() => {});
  }

  /** Moves what the file holds into the older one. What comes in the instant of the cut is lost. */
  async rotate(): Promise<void> {
    const older = await keepOlder({
      path: this.#path,
      fd: this.#fd,
      limitBytes: this.#limitBytes,
      before: this.#before,
    });
    // When there is no room any more, the log has to be cut all the same.
    quietly(() => older?.copyOn());
    const { size } = fstatSync(this.#fd);
    ftruncateSync(this.#fd, 0);
    this.#before += size;
    this.#size = 0;
    try {
      older?.finish(size);
    } finally {
      await this.#scan?.cut(size, older).catch(() => {});
      older?.close();
    }
  }

  /** Returns the end of what was written, from the older file too; reads no more than that. */
  tail(): LogTail {
    const { size } = fstatSync(this.#fd);
    const now = endOf(this.#fd, TAIL_BYTES);
    if (size >= TAIL_BYTES || this.#before === 0) return { text: now, cut: size > TAIL_BYTES };
    return { text: endOfOlder(olderLogPath(this.#path), TAIL_BYTES - size) + now, cut: true };
  }

  close(): void {
    if (this.#isOpen) closeSync(this.#fd);
    this.#isOpen = false;
  }
}

function quietly(step: () => unknown): void {
  try {
    step();
  } catch {
    // It is not worth what follows.
  }
}

function endOf(fd: number, bytes: number): string {
  const { size } = fstatSync(fd);
  const buffer = Buffer.alloc(Math.min(size, bytes));
  return buffer.toString('utf8', 0, readAgain(fd, buffer, 0, buffer.length, size - buffer.length));
}

function endOfOlder(path: string, bytes: number): string {
  let fd: number | undefined;
  try {
    fd = openSync(path, 'r');
    return endOf(fd, bytes);
  } catch {
    // Somebody has removed it.
    return '';
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
