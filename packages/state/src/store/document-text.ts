import { isUtf8 } from 'node:buffer';
import { closeSync, constants, fstatSync, openSync, type BigIntStats } from 'node:fs';
import { asIoFailure, Failure, type FailureCode } from '@ralph/protocol/contract/failure';
import { stampOf } from '@ralph/protocol/process/file-stamp';
import { FILE_LIMIT_BYTES, readOpenFile } from '@ralph/protocol/process/read-open-file';

export interface DocumentText {
  readonly text: string;
  /** Tells this very content from what the path may lead to later. */
  readonly stamp: string;
}

/**
 * Returns the text of a file of ours, or nothing when there is none.
 *
 * @param code what a file is told with whose bytes are no text
 * @throws Failure with that code, `file_too_large`, `permission` or `io`
 */
export function readDocumentText(path: string, code: FailureCode): DocumentText | undefined {
  const read = readBytes(path);
  if (read === undefined) return undefined;
  requireText(read.bytes, path, code);
  return { text: read.bytes.toString('utf8'), stamp: read.stamp };
}

/**
 * Returns the text of a file of ours with a mark in the place of every byte that is no text, and whether there was one;
 * nothing when there is no file. For those who mend it.
 *
 * @throws Failure `file_too_large`, `permission` or `io`
 */
export function readDamagedText(path: string): { readonly text: string; readonly isWhole: boolean } | undefined {
  const bytes = readBytes(path)?.bytes;
  return bytes === undefined ? undefined : { text: bytes.toString('utf8'), isWhole: isUtf8(bytes) };
}

/**
 * Insists that a content may be written.
 *
 * @throws Failure `file_too_large`
 */
export function requireSize(bytes: number, path: string): void {
  if (bytes <= FILE_LIMIT_BYTES) return;
  const megabytes = (size: number) => Math.ceil(size / (1024 * 1024));
  throw new Failure(
    'file_too_large',
    `${path} is ${megabytes(bytes)} MiB, more than the ${megabytes(FILE_LIMIT_BYTES)} that are read`,
    {
      hint: 'shorten it; it was left as it is',
      details: { path, bytes },
    },
  );
}

function readBytes(path: string): { readonly bytes: Buffer; readonly stamp: string } | undefined {
  let fd: number;
  try {
    // Without waiting: a pipe in the place of the file has nobody who writes into it.
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw asIoFailure(error, `read ${path}`);
  }
  try {
    const stats = fstatSync(fd, { bigint: true });
    requireReadable(stats, path);
    return { bytes: readOpenFile(fd, Number(stats.size)), stamp: stampOf(stats) };
  } catch (error) {
    throw asIoFailure(error, `read ${path}`);
  } finally {
    closeSync(fd);
  }
}

function requireReadable(stats: BigIntStats, path: string): void {
  if (!stats.isFile()) {
    const what = stats.isDirectory() ? 'a folder' : 'no regular file';
    throw new Failure('io', `cannot read ${path}: it is ${what}`, { hint: 'move it away', details: { path } });
  }
  requireSize(Number(stats.size), path);
}

function requireText(bytes: Buffer, path: string, code: FailureCode): void {
  if (isUtf8(bytes)) return;
  let line = 1;
  let start = 0;
  for (
    let end = bytes.indexOf(0x0a);
    end !== -1 && isUtf8(bytes.subarray(start, end));
    end = bytes.indexOf(0x0a, start)
  ) {
    line += 1;
    start = end + 1;
  }
  throw new Failure(code, `${path}:${line}: cannot be read: not valid UTF-8`, {
    hint: 'mend that line, or restore the file; it was left as it is',
    details: { path, line },
  });
}
