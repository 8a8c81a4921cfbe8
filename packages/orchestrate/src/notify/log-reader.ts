import type { FileHandle } from 'node:fs/promises';
import { readFrom } from '@ralph/protocol/process/read-again';
import { LINE_LIMIT_BYTES } from '@ralph/protocol/cli/input';
import { headOf, logParts, openPart } from './log-parts.ts';

/** Up to where a log was read. */
export interface Place {
  /** Of the part, as a number of its file system. */
  readonly ino: string;
  /** The first line of the part, as a hash; nothing where it had none yet. */
  readonly head: string | undefined;
  /** Bytes of the part that were read. */
  readonly offset: number;
}

/** A line of the log, or that what stood between the last and the next one is gone, or was a line that is much too long. */
export type LogRead = { readonly kind: 'line'; readonly text: string } | { readonly kind: 'gap' };

const CHUNK_BYTES = 64 * 1024;

/**
 * Reads the log of events line by line from a place on, through all of its parts, in memory that does not grow with it.
 * The writer may append to it and rename its parts meanwhile.
 */
export class LogReader {
  readonly #path: string;
  #place: Place;
  #handle: FileHandle | undefined;
  #bytes: Buffer = Buffer.alloc(0);
  #isTooLong = false;

  constructor(path: string, place: Place) {
    this.#path = path;
    this.#place = place;
  }

  /** Behind the last line that was returned. */
  get place(): Place {
    return this.#place;
  }

  /** Returns the next line; nothing at the end of what there is, where the next call looks again. */
  async next(): Promise<LogRead | undefined> {
    if (this.#handle === undefined && (await this.#open())) return { kind: 'gap' };
    while (this.#handle !== undefined) {
      const read = this.#take();
      if (read !== undefined) return read;
      if (await this.#fill(this.#handle)) continue;
      const next = await this.#newer();
      if (next === undefined) return undefined;
      // Written before it was renamed, and after we looked.
      if (await this.#fill(this.#handle)) continue;
      // Gone again, or not to be opened: the next call looks anew.
      if (!(await this.#goTo(next.ino))) return undefined;
      if (next.isGap) return { kind: 'gap' };
    }
    return undefined;
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    this.#bytes = Buffer.alloc(0);
    await handle?.close();
  }

  /** Finds the place again. Returns whether it is gone, so that what follows it is no more than what is left. */
  async #open(): Promise<boolean> {
    const { ino, head, offset } = this.#place;
    const parts = await logParts(this.#path);
    // Its number first: it is the right one but for a log that was copied, or a number that was given anew.
    for (const part of parts.toSorted((a, b) => Number(b.ino === ino) - Number(a.ino === ino))) {
      if (head === undefined && part.ino !== ino) continue;
      const handle = await openPart(this.#path, part.ino);
      if (handle === undefined) continue;
      const found = await headOf(handle);
      if (head === undefined || found === head) {
        this.#handle = handle;
        const { size } = await handle.stat();
        this.#place = { ino: part.ino, head: found, offset: Math.min(offset, size) };
        return false;
      }
      await handle.close();
    }
    const oldest = parts.at(-1);
    return oldest !== undefined && this.#goTo(oldest.ino);
  }

  #take(): LogRead | undefined {
    const end = this.#bytes.indexOf(10);
    if (end === -1) return undefined;
    const isTooLong = this.#isTooLong || end > LINE_LIMIT_BYTES;
    const text = isTooLong ? '' : this.#bytes.toString('utf8', 0, end);
    this.#isTooLong = false;
    this.#pass(end + 1);
    return isTooLong ? { kind: 'gap' } : { kind: 'line', text };
  }

  /** Reads on; returns whether there was anything. */
  async #fill(handle: FileHandle): Promise<boolean> {
    if (this.#bytes.length > LINE_LIMIT_BYTES) {
      this.#isTooLong = true;
      this.#pass(this.#bytes.length);
    }
    const from = this.#place.offset + this.#bytes.length;
    // Of a long line as much again as there is, so that its length costs no more than it is long.
    const most = Math.max(CHUNK_BYTES, this.#bytes.length);
    const buffer = Buffer.allocUnsafe(most);
    const bytesRead = await readFrom(handle, buffer, most, from);
    if (bytesRead === 0) return false;
    this.#bytes = Buffer.concat([this.#bytes, buffer.subarray(0, bytesRead)]);
    if (this.#place.head === undefined) this.#place = { ...this.#place, head: await headOf(handle) };
    return true;
  }

  #pass(bytes: number): void {
    this.#bytes = this.#bytes.subarray(bytes);
    this.#place = { ...this.#place, offset: this.#place.offset + bytes };
  }

  /** Returns the part behind the one that is read; where that one is gone itself, the oldest that is left. */
  async #newer(): Promise<{ ino: string; isGap: boolean } | undefined> {
    const parts = await logParts(this.#path);
    const at = parts.findIndex(({ ino }) => ino === this.#place.ino);
    const next = at === -1 ? parts.at(-1) : parts[at - 1];
    return next === undefined ? undefined : { ino: next.ino, isGap: at === -1 };
  }

  /** Goes on at the beginning of a part, and leaves half a line behind; returns whether it was still there. */
  async #goTo(ino: string): Promise<boolean> {
    const handle = await openPart(this.#path, ino);
    if (handle === undefined) return false;
    await this.close();
    this.#handle = handle;
    this.#isTooLong = false;
    this.#place = { ino, head: await headOf(handle), offset: 0 };
    return true;
  }
}

/** Returns the place behind everything that stands in a log now. */
export async function endOfLog(path: string): Promise<Place | undefined> {
  const [newest] = await logParts(path);
  const handle = newest === undefined ? undefined : await openPart(path, newest.ino);
  if (newest === undefined || handle === undefined) return undefined;
  try {
    return { ino: newest.ino, head: await headOf(handle), offset: (await handle.stat()).size };
  } finally {
    await handle.close();
  }
}
