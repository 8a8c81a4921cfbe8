import { closeSync, fstatSync } from 'node:fs';
import { readAgain } from '@ralph/protocol/process/read-again';
import { olderNumbers, olderPart } from '../record/log-parts.ts';
import { EventTail, openIfThere } from './event-tail.ts';

const CHUNK_BYTES = 1024 * 1024;

/** The times of files lag behind the clock by a tick. */
const CLOCK_MS = 1000;

/** How our programs begin this line. No text of others can hold it: in a text the quotes would be escaped. */
const BEGINNING = Buffer.from('{"v":1,"type":"run.started"');

/**
 * Returns a reader of the log that begins with the run which holds the lock: where it is said to have started, or at the
 * end of the log where it has not come to that yet.
 *
 * @param since when it took the lock, in ms of the wall clock
 */
export function tailOfRun(path: string, since: number): EventTail {
  const fd = openIfThere(path);
  const start = fd === undefined ? undefined : lastStart(fd, since);
  if (start !== undefined) return new EventTail(path, fd, start);
  // It may have been renamed since the run has started, more than once.
  for (const number of olderNumbers(path)) {
    const older = openIfThere(olderPart(path, number));
    if (older === undefined) continue;
    const before = lastStart(older, since);
    if (before !== undefined) {
      if (fd !== undefined) closeSync(fd);
      return new EventTail(path, older, before);
    }
    const isTooOld = fstatSync(older).mtimeMs < since - CLOCK_MS;
    closeSync(older);
    if (isTooOld) break;
  }
  return new EventTail(path, fd, fd === undefined ? 0 : fstatSync(fd).size);
}

/** Returns where the last run begins in a log, unless it began too early; also behind what a killed one has half written. */
function lastStart(fd: number, since: number): number | undefined {
  // Chunks overlap, so that none cuts what is looked for.
  const buffer = Buffer.alloc(CHUNK_BYTES + BEGINNING.length - 1);
  let found: number | undefined;
  for (let at = 0, count = buffer.length; count === buffer.length; at += CHUNK_BYTES) {
    count = readAgain(fd, buffer, 0, buffer.length, at);
    const hit = buffer.subarray(0, count).lastIndexOf(BEGINNING);
    if (hit !== -1) found = at + hit;
  }
  return found !== undefined && startedAt(fd, found) >= since ? found : undefined;
}

function startedAt(fd: number, offset: number): number {
  const bytes = Buffer.alloc(4096);
  const text = bytes.toString('utf8', 0, readAgain(fd, bytes, 0, bytes.length, offset));
  return Date.parse(/"at":"([^"]+)"/.exec(text)?.[1] ?? '');
}
