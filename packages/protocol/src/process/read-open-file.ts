import { closeSync, openSync, type PathLike } from 'node:fs';
import { readAgain } from './read-again.ts';

/**
 * A larger file is no file of ours, is refused, and never written: it would fill the memory of whoever reads it. A hundred
 * thousand records with all their fields take 70 MiB.
 */
export const FILE_LIMIT_BYTES = 96 * 1024 * 1024;

const LEAST_BYTES = 8192;
/** Node can make no text of more; nothing that we read whole comes near it. */
const MOST_BYTES = 512 * 1024 * 1024;

/**
 * Reads an open regular file from its beginning to its end.
 *
 * @param size what it may come to, in bytes; it is read to its end all the same
 * @throws the error of the system; `EFBIG` when it is larger than any text can be
 */
export function readOpenFile(fd: number, size: number): Buffer {
  let bytes = Buffer.allocUnsafe(Math.min(Math.max(size + 1, LEAST_BYTES), MOST_BYTES));
  let length = 0;
  for (;;) {
    const read = readAgain(fd, bytes, length, bytes.length - length, length);
    if (read === 0) return bytes.subarray(0, length);
    length += read;
    if (length > MOST_BYTES) throw Object.assign(new Error('EFBIG: too large to be read'), { code: 'EFBIG' });
    if (length === bytes.length) bytes = Buffer.concat([bytes], length * 2);
  }
}

/**
 * Returns the bytes of a file that is known to be a plain one.
 *
 * @throws the error of the system; `EFBIG` when it is larger than any text can be
 */
export function bytesOfFile(path: PathLike): Buffer {
  const fd = openSync(path, 'r');
  try {
    return readOpenFile(fd, 0);
  } finally {
    closeSync(fd);
  }
}
