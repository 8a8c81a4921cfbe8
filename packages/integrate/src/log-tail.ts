import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const TAIL_BYTES = 4096;

/** Returns the end of a log, 4 KiB at most, beginning with a whole character; only that much is read. */
export function logTail(path: string): string {
  const fd = openSync(path, 'r');
  try {
    const { size } = fstatSync(fd);
    const length = Math.min(size, TAIL_BYTES);
    const bytes = Buffer.alloc(length);
    const read = readSync(fd, bytes, 0, length, size - length);
    return wholeCharacters(bytes.subarray(0, read), length < size);
  } finally {
    closeSync(fd);
  }
}

/** Returns bytes as text; when they were cut off from something, without the rest of a character in front. */
export function wholeCharacters(bytes: Buffer, cut: boolean): string {
  let start = 0;
  while (cut && start < Math.min(3, bytes.length) && ((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1;
  return bytes.subarray(start).toString('utf8');
}

/** Returns the last line of a text that says anything. */
export function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1)?.trim() ?? '';
}
