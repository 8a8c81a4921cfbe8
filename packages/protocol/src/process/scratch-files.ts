import { closeSync, existsSync, fstatSync, ftruncateSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readAgain } from './read-again.ts';

/** Longer output is given back to the system at once; shorter is overwritten by the next. */
const KEEP_BYTES = 1 << 20;

const PIECE_BYTES = 1 << 16;

/** The streams of one command, in files without a name: others of ours open them through /proc. */
export interface StreamFiles {
  readonly inPath: string;
  readonly outPath: string;
  readonly errPath: string;
  /** Returns what was written to its stdout. */
  stdout(): string;
  /** Hands on what was written to its stdout in pieces, each in the place of the last. */
  readStdout(take: (piece: Buffer) => void): void;
  /** Returns what was written to its stderr. */
  stderr(): string;
}

interface Slot extends StreamFiles {
  readonly descriptors: readonly [input: number, stdout: number, stderr: number];
}

/** Files for the streams of commands, made once and used again. Linux only. */
export class ScratchFiles {
  readonly #folder = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
  readonly #free: Slot[] = [];
  readonly #all: Slot[] = [];
  #isClosed = false;
  #opened = 0;

  /** Returns files with an empty output. */
  take(input: string | undefined): StreamFiles {
    const slot = this.#free.pop() ?? this.#make();
    for (const descriptor of slot.descriptors) ftruncateSync(descriptor, 0);
    if (input === undefined) return { ...slot, inPath: '/dev/null' };
    const bytes = Buffer.from(input);
    for (let done = 0; done < bytes.length;) done += writeSync(slot.descriptors[0], bytes, done, undefined, done);
    return slot;
  }

  /** Takes files back. */
  giveBack(files: StreamFiles): void {
    const slot = this.#all.find(({ outPath }) => outPath === files.outPath);
    if (slot === undefined || this.#isClosed) return;
    for (const descriptor of slot.descriptors) {
      if (fstatSync(descriptor).size > KEEP_BYTES) ftruncateSync(descriptor, 0);
    }
    this.#free.push(slot);
  }

  /** Closes them all. */
  close(): void {
    this.#isClosed = true;
    for (const { descriptors } of this.#all.splice(0)) for (const descriptor of descriptors) closeSync(descriptor);
    this.#free.length = 0;
  }

  #make(): Slot {
    const descriptors = [this.#open(), this.#open(), this.#open()] as const;
    const [inPath = '', outPath = '', errPath = ''] = descriptors.map((one) => `/proc/${process.pid}/fd/${one}`);
    const slot: Slot = {
      descriptors,
      inPath,
      outPath,
      errPath,
      stdout: () => contentOf(descriptors[1]),
      readStdout: (take) => readPieces(descriptors[1], take),
      stderr: () => contentOf(descriptors[2]),
    };
    this.#all.push(slot);
    return slot;
  }

  #open(): number {
    this.#opened += 1;
    const path = join(this.#folder, `.ralph-${process.pid}-${process.hrtime.bigint()}-${this.#opened}`);
    const descriptor = openSync(path, 'wx+', 0o600);
    unlinkSync(path);
    return descriptor;
  }
}

function contentOf(descriptor: number): string {
  const buffer = Buffer.allocUnsafe(fstatSync(descriptor).size);
  let length = 0;
  while (length < buffer.length) {
    const bytes = readAgain(descriptor, buffer, length, buffer.length - length, length);
    if (bytes === 0) break;
    length += bytes;
  }
  return buffer.toString('utf8', 0, length);
}

function readPieces(descriptor: number, take: (piece: Buffer) => void): void {
  const buffer = Buffer.allocUnsafe(PIECE_BYTES);
  for (let at = 0; ;) {
    const bytes = readAgain(descriptor, buffer, 0, PIECE_BYTES, at);
    if (bytes === 0) return;
    take(buffer.subarray(0, bytes));
    at += bytes;
  }
}
