import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = '.ralph/cache/parallel';

/**
 * Does what nobody can do without who changes a file durably: writes the bytes of the state file beside it, syncs and renames.
 *
 * @param {{ syncsFolder?: boolean }} [how] whether the new name is on the disk each time, too
 * @returns the milliseconds for one time
 */
export function bareLoop(folder, rounds, { syncsFolder = false } = {}) {
  const at = (name) => join(folder, FOLDER, name);
  const bytes = readFileSync(at('state.json'));
  const begin = performance.now();
  for (let round = 0; round < rounds; round += 1) {
    const fd = openSync(at('bare.next'), 'w');
    for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done);
    fsyncSync(fd);
    closeSync(fd);
    renameSync(at('bare.next'), at('bare.json'));
    if (syncsFolder) syncOf(join(folder, FOLDER));
  }
  const time = (performance.now() - begin) / rounds;
  rmSync(at('bare.json'));
  return time;
}

function syncOf(folder) {
  const fd = openSync(folder, 'r');
  fsyncSync(fd);
  closeSync(fd);
}
