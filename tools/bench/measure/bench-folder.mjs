// Folders to measure in, none of which is left behind: a measurement removes its own, and what fails or is interrupted leaves
// it to the end of the process.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folders = new Set();

/** Makes an empty folder, on the disk that TMPDIR chooses unless told otherwise. */
export function benchFolder(where = tmpdir()) {
  if (folders.size === 0) process.on('exit', removeAll);
  const folder = mkdtempSync(join(where, 'ralph-bench-'));
  folders.add(folder);
  return folder;
}

function removeAll() {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
