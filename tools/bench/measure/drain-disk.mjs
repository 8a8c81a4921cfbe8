// What was written before a measurement is not to be paid for in it: a sync of one side may have to write what the other left.
import { spawnSync } from 'node:child_process';

/** Has everything written that waits to be, on the file system of a folder. */
export function drainDisk(folder) {
  const { error } = spawnSync('sync', ['-f', folder], { stdio: 'ignore' });
  if (error !== undefined) throw error;
}
