// What a change of the state file costs: by a process each, as a coprocess, in large files; and the memory it takes.
import { rmSync } from 'node:fs';
import { makeSampleRepository } from '../../sample-repository.mjs';
import { pairs } from '../book/pairs.mjs';
import { rowOf } from '../book/row.mjs';
import { peakOf } from '../measure/one-program.mjs';
import { bareLoop } from '../state/bare-loop.mjs';
import { applyOnce, Coprocess, launcher, update } from '../state/coprocess.mjs';
import { benchFolder } from '../measure/bench-folder.mjs';

const SIZES = {
  once: { rounds: 1, warmUp: 5, updates: 10, few: 10, many: 200, stream: 20 },
  quick: { rounds: 5, warmUp: 100, updates: 200, few: 100, many: 10_000, stream: 1000 },
  full: { rounds: 21, warmUp: 400, updates: 400, few: 100, many: 10_000, stream: 2000 },
};

const SMALL = 10;
const WINDOW = 1000;
/** A coprocess makes a hundred updates in the time of one by a process of its own. */
const AGAINST_ONE_SHOT = 0.01;
/** At least half of what the bare loop makes. */
const AGAINST_LOOP = 2;
const LARGE_FILE = 3;
const PEAK_MIB = 150;

/** Yields the rows of the group. */
export async function* measure(form) {
  const size = SIZES[form];
  yield* updates(size);
  yield* largeFiles(size);
  yield* memory(size);
}

async function* updates({ rounds, warmUp, updates: count }) {
  const [folder, other] = [repository(SMALL), repository(SMALL)];
  const coprocess = await Coprocess.start(folder, SMALL, warmUp);
  const atOnce = () => coprocess.updates(10 * count, WINDOW);
  const inTurn = () => coprocess.updates(count, 1);
  const loop = () => bareLoop(folder, count);
  const of = async (name, against, times, ...sides) =>
    rowOf({
      name,
      unit: 'ms',
      against,
      budget: { times },
      ...(await pairs(...sides, { rounds, warmUp: rounds > 1 ? 1 : 0 })),
    });
  const bare = 'write + fsync + rename of the same bytes';
  try {
    const oneShot = () => applyOnce(other, SMALL);
    yield await of(
      'update, coprocess, lines sent at once',
      'one-shot ralph-state apply',
      AGAINST_ONE_SHOT,
      atOnce,
      oneShot,
    );
    yield await of('update, coprocess, lines sent at once', bare, AGAINST_LOOP, atOnce, loop);
    yield await of('update, coprocess, one by one', bare, AGAINST_LOOP, inTurn, loop);
    const durable = () => bareLoop(folder, count, { syncsFolder: true });
    yield await of('update, coprocess, one by one', `${bare}, and fsync of the folder`, AGAINST_LOOP, inTurn, durable);
  } finally {
    await coprocess.end();
    for (const one of [folder, other]) rmSync(one, { recursive: true, force: true });
  }
}

/** What the records cost beside their bytes: those are written by anybody, and taken off both sides. */
async function* largeFiles({ rounds, warmUp, updates: count, few, many }) {
  const folders = [repository(many), repository(few)];
  const sizes = [many, few];
  const budget = { times: LARGE_FILE };
  const against = `the same among ${few.toLocaleString('en-US')}`;
  const named = (how) => `update among ${many.toLocaleString('en-US')} without its bytes, ${how}`;
  const turns = Math.ceil(count / 10);
  const apart = (side, own) => async () => (await own(side)) - bareLoop(folders[side], turns);
  const coprocesses = await Promise.all(
    folders.map((folder, side) => Coprocess.start(folder, sizes[side], warmUp / 5)),
  );
  const inTurn = (side) => coprocesses[side].updates(turns, 1);
  try {
    const seen = await pairs(apart(0, inTurn), apart(1, inTurn), { rounds });
    yield rowOf({ name: named('coprocess'), unit: 'ms', against, budget, ...seen });
  } finally {
    for (const coprocess of coprocesses) await coprocess.end();
  }
  const oneShot = (side) => applyOnce(folders[side], sizes[side]);
  const seen = await pairs(apart(0, oneShot), apart(1, oneShot), { rounds });
  yield rowOf({ name: named('one-shot'), unit: 'ms', against, budget, ...seen });
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}

async function* memory({ rounds, many, stream }) {
  const folder = repository(many);
  const input = Array.from({ length: stream }, () => update(many)).join('');
  const commands = [
    ['list', 'list'],
    ['status', 'status'],
    [`apply of ${stream.toLocaleString('en-US')} updates`, 'apply', input],
  ];
  try {
    for (const [what, command, given] of commands) {
      const ours = () => peakOf(process.execPath, [launcher, command], folder, given);
      const theirs = () => peakOf(process.execPath, ['-e', '0'], folder);
      const seen = await pairs(ours, theirs, { rounds: Math.min(3, rounds) });
      const name = `peak memory, ${many.toLocaleString('en-US')} records, ${what}`;
      yield rowOf({ name, unit: 'MiB', against: 'node -e 0', budget: { most: PEAK_MIB }, ...seen });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function repository(records) {
  const folder = benchFolder();
  makeSampleRepository(folder, records);
  return folder;
}
