// What ours is held against, as plain git commands without anything around them. Both are shown at their best: no turn
// of an agent and no pause after a lost race, no look at the remote after the push.
import { ended } from './site.mjs';

/**
 * The reference's protocol: each candidate goes through a loop of its own, all at the same time, and runs the gate again
 * after each lost race.
 *
 * @param {import('./site.mjs').Site} site
 * @param {{ gate: string, places: number }} how with so many gates at a time
 * @returns {Promise<{ landed: string[], blocked: string[] }>}
 */
export async function independentLoops(site, { gate, places }) {
  const place = gatePlaces(places);
  const end = { landed: [], blocked: [] };
  const loop = async ({ id, workspace }) => {
    for (;;) {
      const tried = await tryOnce(workspace, gate, place);
      if (tried === 'race') continue;
      end[tried].push(id);
      return;
    }
  };
  await Promise.all(site.candidates.map(loop));
  return end;
}

/** A lock around the whole: one candidate after the other, each by the same commands. */
export async function serialQueue(site, { gate }) {
  const end = { landed: [], blocked: [] };
  const place = gatePlaces(1);
  for (const { id, workspace } of site.candidates) {
    const tried = await tryOnce(workspace, gate, place);
    if (tried === 'race') throw new Error(`${id}: nobody else pushes, and yet the push was refused`);
    end[tried].push(id);
  }
  return end;
}

/** @returns {Promise<'landed' | 'blocked' | 'race'>} */
async function tryOnce(workspace, gate, place) {
  const git = (...args) => ended('git', args, workspace);
  await git('fetch', '-q', 'origin', 'main');
  if ((await git('rebase', '-q', 'origin/main')) !== 0) {
    await git('rebase', '--abort');
    return 'blocked';
  }
  const leave = await place();
  const status = await ended('sh', ['-c', gate], workspace);
  leave();
  if (status !== 0) return 'blocked';
  return (await git('push', '-q', 'origin', 'HEAD:main')) === 0 ? 'landed' : 'race';
}

/** Returns a function that settles when there is a place, first come first served, with the one that gives it back. */
function gatePlaces(count) {
  let free = count;
  const waiting = [];
  const leave = () => {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  };
  return async () => {
    if (free > 0) free -= 1;
    else await new Promise((resolve) => waiting.push(resolve));
    return leave;
  };
}
