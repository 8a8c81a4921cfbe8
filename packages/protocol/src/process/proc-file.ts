import { closeSync, openSync } from 'node:fs';
import { readAgain } from './read-again.ts';

// One for all: a look at every process of a machine would otherwise make some hundred buffers each time.
let buffer = Buffer.allocUnsafe(1 << 16);

/**
 * Returns what a small file of /proc holds; nothing when it cannot be read, as when its process is gone or belongs to
 * another user.
 */
export function readProcFile(path: string, encoding: 'latin1' | 'utf8'): string | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch {
    return undefined;
  }
  try {
    let length = 0;
    for (;;) {
      const bytes = readAgain(descriptor, buffer, length, buffer.length - length, null);
      length += bytes;
      if (bytes === 0) return buffer.toString(encoding, 0, length);
      if (length === buffer.length) buffer = Buffer.concat([buffer, Buffer.allocUnsafe(length)]);
    }
  } catch {
    return undefined;
  } finally {
    closeSync(descriptor);
  }
}
