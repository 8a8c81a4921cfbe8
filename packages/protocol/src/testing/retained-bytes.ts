import { setImmediate as turn } from 'node:timers/promises';
import { collectGarbage } from './garbage.ts';

/** What was compiled and cached at the first calls is not counted. */
const WARM_UP = 200;

/** What is kept is kept each time; what the engine compiles meanwhile is not. */
const PASSES = 3;

/** Returns how many bytes each call of a function leaves in memory that the garbage collector cannot take. */
export async function retainedBytes(calls: number, once: () => Promise<void> | void): Promise<number> {
  for (let call = 0; call < WARM_UP; call += 1) await once();
  let least = Number.POSITIVE_INFINITY;
  for (let pass = 0; pass < PASSES; pass += 1) {
    const before = await heap();
    for (let call = 0; call < calls; call += 1) await once();
    least = Math.min(least, ((await heap()) - before) / calls);
  }
  return least;
}

async function heap(): Promise<number> {
  // What is dropped at the end of a turn is free after it, and finalizers run between two collections.
  for (let round = 0; round < 3; round += 1) {
    await turn();
    collectGarbage();
  }
  return process.memoryUsage().heapUsed;
}
