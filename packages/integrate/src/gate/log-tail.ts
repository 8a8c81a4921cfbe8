import { closeSync, fstatSync, openSync } from 'node:fs';
import { readAgain } from '@ralph/protocol/process/read-again';
import { olderLogPath } from '@ralph/protocol/process/older-log';

/** What an event holds of a log. */
const TAIL_BYTES = 4096;
/** What those who are to mend something are given of it. */
export const LONG_TAIL_BYTES = 64 * 1024;
/** More than any secret is long: what was cut off within that far from the beginning is not shown. */
const MARGIN_BYTES = 4096;

/**
 * Returns the end of a log, beginning with a whole character; only little more is read. What was moved to the older file
 * when the log became too long counts as a part of it.
 *
 * @param redact takes the secrets out
 * @param most bytes, 4 KiB unless told otherwise
 */
export function logTail(path: string, redact: (text: string) => string, most = TAIL_BYTES): string {
  const { bytes, isCut } = endOfLog(path, most + MARGIN_BYTES);
  const shown = Buffer.from(redact(wholeCharacters(bytes, isCut)));
  const begin = Math.max(isCut ? beginAfterCut(shown) : 0, shown.length - most);
  return wholeCharacters(shown.subarray(begin), begin > 0);
}

interface LogEnd {
  readonly bytes: Buffer;
  /** Whether there was more before it. */
  readonly isCut: boolean;
}

function endOfLog(path: string, most: number): LogEnd {
  const now = endOfFile(path, most);
  if (now.isCut) return now;
  const older = endOfOlder(path, most - now.bytes.length);
  if (older === undefined) return now;
  return { bytes: Buffer.concat([older.bytes, now.bytes]), isCut: older.isCut };
}

function endOfOlder(path: string, most: number): LogEnd | undefined {
  try {
    return endOfFile(olderLogPath(path), most);
  } catch {
    // The log was never too long.
    return undefined;
  }
}

function endOfFile(path: string, most: number): LogEnd {
  const fd = openSync(path, 'r');
  try {
    const { size } = fstatSync(fd);
    const length = Math.min(size, most);
    const bytes = Buffer.alloc(length);
    const read = readAgain(fd, bytes, 0, length, size - length);
    return { bytes: bytes.subarray(0, read), isCut: length < size };
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
