import { takeFlock } from '../../src/process/flock.ts';

/** Waits for a lock until it is killed. */
const [path = ''] = process.argv.slice(2);
await takeFlock(path, { waitMs: Number.POSITIVE_INFINITY });
