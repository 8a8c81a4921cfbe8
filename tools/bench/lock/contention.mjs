// Shells that increment a counter in a file, each under a lock: whoever breaks the lock loses a count.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const INCREMENT = 'read -r n <count; echo $((n + 1)) >count';

/**
 * Has so many shells increment a counter so often, all at a time, and returns the milliseconds for one increment.
 *
 * @param {string} folder
 * @param {string} locked how a shell runs `sh -c "$0"` under the lock, in words of the shell
 * @param {{ shells: number, times: number }} size
 * @throws Error when a count was lost
 */
export async function contention(folder, locked, { shells, times }) {
  const count = join(folder, 'count');
  writeFileSync(count, '0\n');
  const script = `for i in ${Array.from({ length: times }, (_, index) => index).join(' ')}; do ${locked} || exit 1; done`;
  const begin = performance.now();
  const ends = Array.from({ length: shells }, async () => {
    const stdio = ['ignore', 'ignore', 'ignore'];
    const [status] = await once(spawn('sh', ['-c', script, INCREMENT], { cwd: folder, stdio }), 'exit');
    if (status !== 0) throw new Error(`a shell with a lock ended with ${status}`);
  });
  await Promise.all(ends);
  const time = performance.now() - begin;
  const seen = Number(readFileSync(count, 'utf8'));
  if (seen !== shells * times) throw new Error(`${shells * times - seen} increments were lost under: ${locked}`);
  return time / (shells * times);
}
