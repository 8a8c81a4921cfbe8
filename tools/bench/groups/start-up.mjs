// What it costs to start the built programs, in times of what an empty Node costs.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PROGRAMS } from '../../bundle-options.mjs';
import { makeSampleRepository } from '../../sample-repository.mjs';
import { pairs } from '../book/pairs.mjs';
import { rowOf } from '../book/row.mjs';
import { peakOf, timed } from '../measure/one-program.mjs';
import { benchFolder } from '../measure/bench-folder.mjs';

const VERSION = 1.5;
/** For a command that reads ten records; the goal is 1.6. */
const READING = 1.8;
const LOCK = 1.6;
const PEAK_MIB = 60;
const ROUNDS = { quick: 15, full: 61, once: 1 };
const EMPTY = ['-e', '0'];

const READERS = [
  ['state', 'list'],
  ['state', 'get', 'RQ-0001'],
  ['state', 'status'],
  ['lock', 'status'],
];

/** Yields a row for each program and command. */
export async function* measure(form) {
  const folder = benchFolder();
  try {
    makeSampleRepository(folder);
    for (const asked of [...times(folder), ...peaks(folder)]) yield await row(asked, form);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function times(folder) {
  const node = (...args) => timed(process.execPath, args, folder);
  const against = 'node -e 0';
  const beside = { unit: 'ms', against, theirs: () => node(...EMPTY) };
  const of = (name, ...words) => ({
    name: `ralph-${name} ${words.join(' ')}`,
    ours: () => node(launcher(name), ...words),
  });
  const file = join(folder, 'flock');
  return [
    ...PROGRAMS.flatMap((name) =>
      ['--version', '--help'].map((word) => ({ ...of(name, word), ...beside, budget: { times: VERSION } })),
    ),
    ...READERS.map((words) => ({ ...of(...words), ...beside, budget: { times: READING } })),
    {
      ...of('lock', 'run', '--', 'true'),
      unit: 'ms',
      against: `${LOCK} x node -e 0 + flock -n FILE true`,
      theirs: () => LOCK * node(...EMPTY) + timed('flock', ['-n', file, 'true'], folder),
      budget: { times: 1 },
    },
  ];
}

/** Of commands that run once: what the kernel says each took at most. */
function peaks(folder) {
  const peak = (...args) => peakOf(process.execPath, args, folder);
  const commands = [
    ['state', 'list'],
    ['state', 'status'],
    ['lock', 'run', '--', 'true'],
    ['worker', 'list'],
    ['orchestrate', 'status'],
  ];
  return commands.map(([name, ...words]) => ({
    name: `peak memory of ralph-${name} ${words.join(' ')}`,
    unit: 'MiB',
    against: 'node -e 0',
    ours: () => peak(launcher(name), ...words),
    theirs: () => peak(...EMPTY),
    budget: { most: PEAK_MIB },
    isMemory: true,
  }));
}

async function row({ ours, theirs, isMemory = false, ...asked }, form) {
  const rounds = isMemory ? Math.min(5, ROUNDS[form]) : ROUNDS[form];
  const seen = await pairs(ours, theirs, { rounds, warmUp: form === 'once' || isMemory ? 0 : 3 });
  return rowOf({ ...asked, ...seen });
}

function launcher(name) {
  return fileURLToPath(new URL(`../../../packages/${name}/bin/ralph-${name}.cjs`, import.meta.url));
}
