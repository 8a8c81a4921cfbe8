// A disk without room: for a while nobody can make or lengthen a file, whoever it is.
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { missingLibrary } from '../preload/library.mjs';
import { ownPaths } from './calls.mjs';
import { between } from '../chance.mjs';
import { ruleOf } from './plan-of-world.mjs';

const TAKING_ROOM = ['create', 'write', 'link', 'mkdir', 'truncate', 'copy'];
const CHUNK = Buffer.alloc(1 << 20);

/**
 * Takes all the room of a small disk; returns what gives it back.
 *
 * @param {string} disk a folder on it
 */
export function fillDisk(disk) {
  const path = join(disk, '.filler');
  const fd = openSync(path, 'w');
  // The last bytes count as well: what is left of a page would let a short line through.
  for (let size = CHUNK.length; size >= 1;) {
    try {
      if (writeSync(fd, CHUNK, 0, size) < size) size = Math.floor(size / 2);
    } catch (error) {
      if (error.code !== 'ENOSPC' && error.code !== 'EDQUOT') throw error;
      size = Math.floor(size / 2);
    }
  }
  closeSync(fd);
  return () => rmSync(path, { force: true });
}

/** @type {import('./list.mjs').Fault} */
export const fullDisk = {
  name: 'full disk',
  kind: 'disk',
  missing: missingLibrary,
  arm: async (world, dice) => {
    const { plan, index, free } = ruleOf(world);
    const lasts = between(200, 3000, dice);
    let timer;
    let hits = 0;
    return {
      env: plan.env,
      strike: async () => {
        hits += plan.hits(index);
        plan.set(index, { calls: TAKING_ROOM, error: 'ENOSPC', paths: ownPaths(world) });
        clearTimeout(timer);
        timer = setTimeout(() => plan.unset(index), lasts);
      },
      hits: () => hits + plan.hits(index),
      disarm: async () => {
        clearTimeout(timer);
        plan.unset(index);
        free();
      },
    };
  },
};
