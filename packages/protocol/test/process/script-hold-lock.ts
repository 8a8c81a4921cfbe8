import { takeFlock } from '../../src/process/flock.ts';

/** Takes a lock, says so, and holds it until it is killed. */
const [path = ''] = process.argv.slice(2);
const lock = await takeFlock(path, { waitMs: 0 });
process.stdout.write(lock === undefined ? 'busy\n' : 'held\n');
process.stdin.resume();
