import { closeSync, fsyncSync, openSync } from 'node:fs';

/**
 * Brings the names in a folder to the disk: a file that was made or renamed in it is there after a crash.
 *
 * @throws the error of the system
 */
export function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
