import { writeSync } from 'node:fs';

/** Writes bytes at the beginning of an open file, all of them: in one write unless the system takes less. */
export function writeWhole(fd: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done, bytes.length - done, done);
}
