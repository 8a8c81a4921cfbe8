import { closeSync, fstatSync, openSync, statSync } from 'node:fs';
import { readAgain } from '@ralph/protocol/process/read-again';
import { droppedHere, toldOfDropped } from '@ralph/protocol/cli/dropped-output';
import { isStillInLog, olderLogPath } from '@ralph/protocol/process/older-log';

/** More than a line is long that tells of dropped output. */
const LINE_BYTES = 100;

/** What the older file of a log holds; places are counted in all that was ever written to the log. */
export interface OlderPart {
  readonly fd: number;
  /** Tells it from the one before. */
  readonly key: string;
  /** Whether the log has been cut since, so that it goes on behind this. */
  readonly isCut: boolean;
  /** Place of the first byte that it has, and that behind the last one. */
  readonly begin: number;
  readonly end: number;
  /** What was lost behind that. */
  readonly lostBytes: number;
  /** Length of the line before the first byte, which says what was dropped. */
  readonly headBytes: number;
}

/** Returns what tells the older file of a log from the one before; nothing when there is none. Throws what `stat` throws. */
export function olderKey(path: string): string | undefined {
  const stats = statSync(olderLogPath(path), { throwIfNoEntry: false });
  return stats === undefined ? undefined : keyOf(stats);
}

/** Opens the older file of a log, to be closed by the caller. Throws what `open` throws. */
export function openOlder(path: string): OlderPart {
  const fd = openSync(olderLogPath(path), 'r');
  try {
    const stats = fstatSync(fd);
    const { size, mode } = stats;
    const head = textAt(fd, 0);
    const firstLine = head.slice(0, head.indexOf('\n') + 1);
    const dropped = toldOfDropped(firstLine);
    const tail = textAt(fd, Math.max(0, size - LINE_BYTES));
    const lostBytes = toldOfDropped(tail.slice(tail.lastIndexOf('[ralph: '))) ?? 0;
    const headBytes = dropped === undefined ? 0 : firstLine.length;
    const tailBytes = lostBytes === 0 ? 0 : droppedHere(lostBytes).length;
    const begin = dropped ?? 0;
    const end = begin + Math.max(0, size - headBytes - tailBytes);
    return { fd, key: keyOf(stats), isCut: !isStillInLog(mode), begin, end, lostBytes, headBytes };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function keyOf({ dev, ino }: { readonly dev: number; readonly ino: number }): string {
  return `${dev}:${ino}`;
}

function textAt(fd: number, position: number): string {
  const buffer = Buffer.alloc(LINE_BYTES);
  return buffer.toString('latin1', 0, readAgain(fd, buffer, 0, LINE_BYTES, position));
}
