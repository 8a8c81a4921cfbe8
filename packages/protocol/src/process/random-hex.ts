import { closeSync, openSync } from 'node:fs';
import { readAgain } from './read-again.ts';

/**
 * Returns random bytes as hex digits, from the kernel itself: loading node:crypto would cost a short command a tenth of
 * its time.
 */
export function randomHex(bytes: number): string {
  const buffer = Buffer.alloc(bytes);
  const source = openSync('/dev/urandom', 'r');
  try {
    for (let done = 0; done < bytes;) done += readAgain(source, buffer, done, bytes - done, null);
  } finally {
    closeSync(source);
  }
  return buffer.toString('hex');
}
