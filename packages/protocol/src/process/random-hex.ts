import { closeSync, openSync } from 'node:fs';
import { readAgain } from './read-again.ts';

/** So many are fetched at once, which costs no more than a few. */
const POOL_BYTES = 512;

let pool: Buffer = Buffer.alloc(0);

/**
 * Returns random bytes as hex digits, from the kernel itself: loading node:crypto would cost a short command a tenth of
 * its time.
 */
export function randomHex(bytes: number): string {
  if (pool.length < bytes) pool = fetched(Math.max(bytes, POOL_BYTES));
  const taken = pool.subarray(0, bytes);
  pool = pool.subarray(bytes);
  return taken.toString('hex');
}

function fetched(bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  const source = openSync('/dev/urandom', 'r');
  try {
    for (let done = 0; done < bytes;) done += readAgain(source, buffer, done, bytes - done, null);
  } finally {
    closeSync(source);
  }
  return buffer;
}
