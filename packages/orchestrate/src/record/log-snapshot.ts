import { constants, fstatSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { readFrom } from '@ralph/protocol/process/read-again';
import { LINE_LIMIT_BYTES } from '@ralph/protocol/cli/input';
import { asIoFailure, Failure } from '@ralph/protocol/contract/failure';
import { olderNumbers, olderPart } from './log-parts.ts';

const CHUNK_BYTES = 256 * 1024;
const NEWLINE = 0x0a;

/** A line without its newline; its bytes are only good until the function returns. Nothing for one that is much too long. */
export type TakeLine = (bytes: Buffer | undefined, number: number) => void;

/**
 * A log with all its older parts, as it was when it was opened: what is renamed meanwhile is read to its end all the same.
 * It takes as much memory as its longest line.
 */
export class LogSnapshot {
  readonly #files: readonly FileHandle[];

  private constructor(files: readonly FileHandle[]) {
    this.#files = files;
  }

  /**
   * Opens a log; where there is none, it has no lines.
   *
   * @throws Failure `permission`, `io`
   */
  static async open(path: string): Promise<LogSnapshot> {
    const files: FileHandle[] = [];
    const seen = new Set<string>();
    try {
      // From the newest on: what moves up meanwhile is met twice, never missed.
      for (const part of [path, ...olderNumbers(path).map((number) => olderPart(path, number))]) {
        const file = await openIfThere(part);
        if (file === undefined) continue;
        const { dev, ino } = fstatSync(file.fd);
        if (seen.has(`${dev}:${ino}`)) await file.close();
        else files.unshift(file);
        seen.add(`${dev}:${ino}`);
      }
    } catch (error) {
      await Promise.all(files.map((file) => file.close()));
      throw asIoFailure(error, `read ${path}`);
    }
    return new LogSnapshot(files);
  }

  /**
   * Gives out the lines of all parts, the oldest first, counted from 1; those that are empty are counted alone.
   *
   * @throws the error of the system
   */
  async lines(take: TakeLine): Promise<void> {
    let number = 0;
    const next = (bytes: Buffer | undefined) => {
      number += 1;
      if (bytes === undefined || bytes.length > 0) take(bytes, number);
    };
    for (const file of this.#files) await linesOf(file, next);
  }

  async close(): Promise<void> {
    await Promise.all(this.#files.map((file) => file.close()));
  }
}

async function linesOf(file: FileHandle, take: (bytes: Buffer | undefined) => void): Promise<void> {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  const pending: Buffer[] = [];
  let size = 0;
  const end = (rest: Buffer) => {
    const bytes = pending.length === 0 ? rest : Buffer.concat([...pending, rest]);
    take(size > LINE_LIMIT_BYTES ? undefined : bytes);
    pending.length = 0;
    size = 0;
  };
  for (let at = 0; ;) {
    const bytesRead = await readFrom(file, buffer, CHUNK_BYTES, at);
    if (bytesRead === 0) break;
    at += bytesRead;
    let rest = buffer.subarray(0, bytesRead);
    for (let cut = rest.indexOf(NEWLINE); cut !== -1; cut = rest.indexOf(NEWLINE)) {
      end(rest.subarray(0, cut));
      rest = rest.subarray(cut + 1);
    }
    size += rest.length;
    if (size > LINE_LIMIT_BYTES) pending.length = 0;
    else if (rest.length > 0) pending.push(Buffer.from(rest));
  }
  if (size > 0) end(Buffer.alloc(0));
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    // A pipe of that name must not make us wait.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    if (fstatSync(file.fd).isFile()) return file;
    await file.close();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  throw new Failure('io', `cannot read ${path}: it is no plain file`, { hint: 'look at what stands there' });
}
