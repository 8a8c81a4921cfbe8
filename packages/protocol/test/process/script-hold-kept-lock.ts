import { KeptFlock } from '../../src/process/kept-flock.ts';

/** Takes a lock again and again, says so when it has it for good, and holds it until it is killed. */
const [path = ''] = process.argv.slice(2);
const kept = new KeptFlock(path);
for (let time = 0; time < 5; time += 1) (await kept.take({ waitMs: 1000 }))?.release();
const lock = await kept.take({ waitMs: 1000 });
process.stdout.write(lock === undefined ? 'busy\n' : 'held\n');
process.stdin.resume();
