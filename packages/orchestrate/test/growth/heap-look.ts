import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitUntil } from '@ralph/protocol/testing/wait-until';

/** The module that each Node process of ours is to load: `NODE_OPTIONS=--require …`. */
export const HEAP_TELLER = new URL('heap-teller.cjs', import.meta.url).pathname;

interface Told {
  readonly asked: number;
  readonly bytes: number;
}

/**
 * Has processes collect their garbage and returns the bytes that are left to each, by pid; those that do not tell, or end
 * meanwhile, are left out.
 */
export async function heapsOf(folder: string, pids: readonly number[]): Promise<ReadonlyMap<number, number>> {
  const telling = new Set(readdirSync(folder));
  const before = new Map(
    pids
      .filter((pid) => telling.has(String(pid)))
      .flatMap((pid) => {
        const told = toldBy(folder, pid);
        return told === undefined ? [] : [[pid, told.asked] as const];
      }),
  );
  for (const pid of before.keys()) ask(pid);
  const heaps = new Map<number, number>();
  await waitUntil('what the garbage collectors leave', () => {
    for (const [pid, asked] of before) {
      const told = toldBy(folder, pid);
      if (told !== undefined && told.asked === asked) continue;
      if (told !== undefined) heaps.set(pid, told.bytes);
      before.delete(pid);
    }
    return before.size === 0;
  });
  return heaps;
}

function ask(pid: number): void {
  try {
    process.kill(pid, 'SIGUSR2');
  } catch {
    // It has ended, and its file goes with it.
  }
}

/** Nothing of one that has ended. */
function toldBy(folder: string, pid: number): Told | undefined {
  try {
    process.kill(pid, 0);
    return JSON.parse(readFileSync(join(folder, String(pid)), 'utf8')) as Told;
  } catch {
    return undefined;
  }
}
