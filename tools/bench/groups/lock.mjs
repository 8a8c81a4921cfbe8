// How fast ralph-lock answers, beside flock(1): a take, the end of a wait, the notice of a lost file, many at a time.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeSampleRepository } from '../../sample-repository.mjs';
import { pairs } from '../book/pairs.mjs';
import { rowOf } from '../book/row.mjs';
import { contention } from '../lock/contention.mjs';
import { Taker } from '../lock/taker.mjs';
import { endOfFlock, endOfWait, launcher, lossNotice, watchNotice } from '../lock/waits.mjs';
import { timed } from '../measure/one-program.mjs';
import { benchFolder } from '../measure/bench-folder.mjs';

const SIZES = {
  once: { takes: 1, ends: 1, rounds: 1, shells: 2, times: 2 },
  quick: { takes: 100, ends: 11, rounds: 5, shells: 4, times: 5 },
  full: { takes: 1000, ends: 61, rounds: 15, shells: 8, times: 12 },
};

const TAKE_MS = 5;
const END_MS = 200;
const LOSS_MS = 1000;
/** Each has a watcher beside its command, and each that waits a shell, another flock(1) and a look at the holder. */
const CONTENTION = 3;

/** Yields the rows of the group. */
export async function* measure(form) {
  const folder = benchFolder();
  const size = SIZES[form];
  try {
    makeSampleRepository(folder);
    yield await take(folder, size);
    for (const signal of ['SIGTERM', 'SIGINT']) yield await end(folder, signal, size);
    yield await loss(folder, size);
    yield await shells(folder, size);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function take(folder, { takes }) {
  const taker = await Taker.start(folder);
  const theirs = () => timed('flock', ['-n', join(folder, 'flock'), 'true'], folder);
  try {
    const seen = await pairs(() => taker.take(), theirs, { rounds: takes, warmUp: takes > 1 ? 5 : 0 });
    const name = 'take and release in a living process';
    return rowOf({ name, unit: 'ms', against: 'flock -n FILE true', budget: { most: TAKE_MS }, ...seen });
  } finally {
    await taker.end();
  }
}

async function end(folder, signal, { ends }) {
  const sides = [() => endOfWait(folder, signal), () => endOfFlock(folder, signal)];
  const seen = await pairs(...sides, { rounds: ends });
  const name = `${signal} to a waiting run, to its end`;
  return rowOf({ name, unit: 'ms', against: 'the same to flock(1)', budget: { most: END_MS }, ...seen });
}

async function loss(folder, { ends }) {
  const sides = [() => lossNotice(folder), () => watchNotice(folder)];
  const seen = await pairs(...sides, { rounds: ends });
  const name = 'rm of the lock file, to lock.lost';
  return rowOf({ name, unit: 'ms', against: 'inotify on a file', budget: { most: LOSS_MS }, ...seen });
}

async function shells(folder, { rounds, ...size }) {
  const ours = `"${process.execPath}" "${launcher}" run --wait -- sh -c "$0"`;
  const theirs = `"${process.execPath}" -e 0 && flock flock sh -c "$0"`;
  const sides = [ours, theirs].map((locked) => () => contention(folder, locked, size));
  const seen = await pairs(...sides, { rounds });
  const name = `ralph-lock run of ${size.shells} shells at a time, each`;
  return rowOf({ name, unit: 'ms', against: 'node -e 0, then flock FILE', budget: { times: CONTENTION }, ...seen });
}
