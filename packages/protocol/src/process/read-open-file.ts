import { readSync } from 'node:fs';

const LEAST_BYTES = 8192;
/** Node can make no text of more; nothing that we read whole comes near it. */
const MOST_BYTES = 512 * 1024 * 1024;

/**
 * Reads an open regular file from its beginning to its end. A signal in between, which some file systems of the network or
 * of a process let through, does not end it: everything else Node asks of the system it asks again by itself, and a read
 * it does not.
 *
 * @param size what it may come to, in bytes; it is read to its end all the same
 * @throws the error of the system; `EFBIG` when it is larger than any text can be
 */
export function readOpenFile(fd: number, size: number): Buffer {
  let bytes = Buffer.allocUnsafe(Math.min(Math.max(size + 1, LEAST_BYTES), MOST_BYTES));
  let length = 0;
  for (;;) {
    const read = readOnce(fd, bytes, length);
    if (read === 0) return bytes.subarray(0, length);
    length += read ?? 0;
    if (length > MOST_BYTES) throw Object.assign(new Error('EFBIG: too large to be read'), { code: 'EFBIG' });
    if (length === bytes.length) bytes = Buffer.concat([bytes], length * 2);
  }
}

/** Returns how many bytes came; nothing when a signal came instead. */
function readOnce(fd: number, bytes: Buffer, from: number): number | undefined {
  try {
    return readSync(fd, bytes, from, bytes.length - from, from);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EINTR') return undefined;
    throw error;
  }
}
