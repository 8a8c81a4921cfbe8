import { renameSync, rmSync } from 'node:fs';
import { olderNumbers, olderPart } from './log-parts.ts';

/** How large a log may become before a new one is begun, and how many older ones are kept. */
export interface LogLimits {
  readonly bytes: number;
  readonly older: number;
}

export interface Rotation {
  /** Older parts that go. */
  readonly gone: readonly number[];
  /** Older parts that become the next older one, in this order; the log itself becomes the first. */
  readonly up: readonly number[];
}

/**
 * Says how the parts of a log make room for one more: each moves up by one, as far as the first number that is free, since
 * a rotation that was cut off has left one. Where none is, the oldest is replaced. Pure.
 */
export function planRotation(numbers: readonly number[], older: number): Rotation {
  let free = 1;
  while (free < older && numbers.includes(free)) free += 1;
  return {
    gone: numbers.filter((number) => number > older),
    up: Array.from({ length: free - 1 }, (_, n) => free - 1 - n),
  };
}

/**
 * Makes a log the first of its older parts. Files are renamed, never copied or cut, so that whoever reads one goes on with
 * it, and a crash in between loses nothing.
 *
 * @throws the error of the system; what is not renamed by then stays as it is
 */
export function rotateLog(path: string, older: number): void {
  const { gone, up } = planRotation(olderNumbers(path), older);
  for (const number of gone) rmSync(olderPart(path, number), { force: true });
  for (const number of up) renameSync(olderPart(path, number), olderPart(path, number + 1));
  renameSync(path, olderPart(path, 1));
}
