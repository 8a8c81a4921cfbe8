// A folder to measure in, which is gone afterwards, however the measurement ends.
import { existsSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { benchFolder } from './bench-folder.mjs';

const MEMORY = '/dev/shm';

/**
 * Yields what a measurement yields in a folder of its own: on the disk that TMPDIR chooses, or in memory, so that no disk
 * is measured, where the machine has such a place.
 *
 * @param {(folder: string) => AsyncIterable<any>} work
 */
export async function* inFolder(work, { inMemory = false } = {}) {
  const where = inMemory && existsSync(MEMORY) ? MEMORY : tmpdir();
  const folder = benchFolder(where);
  try {
    yield* work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
