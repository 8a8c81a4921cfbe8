import { closeSync, fchmodSync, fstatSync, openSync, rmSync, writeSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { readAgain } from './read-again.ts';
import { droppedBefore, droppedHere } from '../cli/dropped-output.ts';
import type { LogCopy } from './log-scan.ts';

const CHUNK_BYTES = 1024 * 1024;
/** An agent that writes faster than we copy is not followed for ever. */
const MOST_OF_LIMIT = 1.5;
/** What is copied at most while everything else waits. */
const TURN_BYTES = 8 * CHUNK_BYTES;

/** Nobody runs a log: the right to do so says that it was not cut yet since it was copied. */
const COPYING = 0o100;

/** Tells from the mode of the older file whether what it holds may still be in the log, too. */
export function isStillInLog(mode: number): boolean {
  return (mode & COPYING) !== 0;
}

/** Returns the file that holds what was written before the log was begun anew. */
export function olderLogPath(path: string): string {
  return `${path}.1`;
}

export interface FullLog {
  readonly path: string;
  readonly fd: number;
  readonly limitBytes: number;
  /** Bytes that were written before what the log holds. */
  readonly before: number;
}

/** The copy of a log, in its place. */
export class OlderLog implements LogCopy {
  readonly #log: FullLog;
  readonly #file: number;
  readonly #buffer: Buffer;
  readonly begin: number;
  #position: number;
  #headBytes = 0;
  /** Where the copy ends, however far the log goes on. */
  readonly #most: number;

  constructor(log: FullLog, file: number) {
    this.#log = log;
    this.#file = file;
    this.#buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    this.begin = Math.max(0, fstatSync(log.fd).size - log.limitBytes);
    this.#position = this.begin;
    this.#most = this.#position + Math.floor(log.limitBytes * MOST_OF_LIMIT);
  }

  /** Copies to the end of the log, as that moves on, and lets others have their turns. */
  async copy(): Promise<void> {
    const dropped = this.#log.before + this.#position;
    if (dropped > 0) this.#headBytes = writeSync(this.#file, droppedBefore(dropped));
    while (!this.copyOn()) await nextTurn();
  }

  /**
   * Copies some more and returns whether the end is reached, or as much copied as is kept. Without awaiting each piece: an
   * agent would write more in the meantime than was copied.
   */
  copyOn(): boolean {
    const most = Math.min(this.#most, this.#position + TURN_BYTES);
    while (this.#position < most) {
      const wanted = Math.min(CHUNK_BYTES, most - this.#position);
      const length = readAgain(this.#log.fd, this.#buffer, 0, wanted, this.#position);
      if (length === 0) return true;
      this.#position += writeSync(this.#file, this.#buffer, 0, length);
    }
    return this.#position === this.#most;
  }

  /** Reads what the log had at a position; returns how many bytes, none where it has them not. Throws what `read` throws. */
  read(into: Buffer, position: number): number {
    const length = Math.min(into.length, this.#position - position);
    if (position < this.begin || length <= 0) return 0;
    return readAgain(this.#file, into, 0, length, this.#headBytes + position - this.begin);
  }

  /** Says in the copy that the log was cut, at that size, and how much was lost. Throws what `write` throws. */
  finish(cutAt: number): void {
    const lost = cutAt - this.#position;
    if (lost > 0) writeSync(this.#file, droppedHere(lost));
    fchmodSync(this.#file, 0o600);
  }

  close(): void {
    closeSync(this.#file);
  }
}

/**
 * Copies a log, or of one that is much too long the end, into its older file, which it replaces as a whole. Where there is
 * no room for both, the one before goes first; when that does not help either, nothing is kept, so that the log can be
 * cut all the same.
 */
export async function keepOlder(log: FullLog): Promise<OlderLog | undefined> {
  try {
    return await copied(log);
  } catch {
    try {
      rmSync(olderLogPath(log.path), { force: true });
      return await copied(log);
    } catch {
      return undefined;
    }
  }
}

async function copied(log: FullLog): Promise<OlderLog> {
  const path = olderLogPath(log.path);
  const draft = `${path}.new`;
  const file = openSync(draft, 'w+', 0o600 | COPYING);
  try {
    const older = new OlderLog(log, file);
    await older.copy();
    // The one before may be large, which takes a while to remove.
    await rename(draft, path);
    return older;
  } catch (error) {
    closeSync(file);
    rmSync(draft, { force: true });
    throw error;
  }
}
