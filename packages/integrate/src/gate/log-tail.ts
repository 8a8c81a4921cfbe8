import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const TAIL_BYTES = 4096;
/** More than any secret is long: what was cut off within that far from the beginning is not shown. */
const MARGIN_BYTES = 4096;

/**
 * Returns the end of a log, 4 KiB at most, beginning with a whole character; only little more is read.
 *
 * @param redact takes the secrets out
 */
export function logTail(path: string, redact: (text: string) => string): string {
  const fd = openSync(path, 'r');
  try {
    const { size } = fstatSync(fd);
    const length = Math.min(size, TAIL_BYTES + MARGIN_BYTES);
    const bytes = Buffer.alloc(length);
    const read = readSync(fd, bytes, 0, length, size - length);
    const isCut = length < size;
    const shown = Buffer.from(redact(wholeCharacters(bytes.subarray(0, read), isCut)));
    const begin = Math.max(isCut ? beginAfterCut(shown) : 0, shown.length - TAIL_BYTES);
    return wholeCharacters(shown.subarray(begin), begin > 0);
  } finally {
    closeSync(fd);
  }
}

/** The first line may be the rest of one that had a secret. */
function beginAfterCut(shown: Buffer): number {
  const newline = shown.indexOf('\n');
  const isOnlyLine = newline === -1 || newline === shown.length - 1;
  return isOnlyLine ? Math.min(MARGIN_BYTES, shown.length) : newline + 1;
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
