// What it costs to start the built programs, in times of what an empty Node costs.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PROGRAMS } from '../bundle-options.mjs';
import { makeSampleRepository } from '../sample-repository.mjs';
import { compare, timed } from './measure/interleaved.mjs';

const VERSION_BUDGET = 1.5;
/** For a command that reads a state file of ten records; the goal is 1.6. */
const READING_BUDGET = 1.8;
const LOCK_BUDGET = 1.6;
const ROUNDS = 41;

const node = (...args) => timed(process.execPath, args);
const empty = () => node('-e', '0');

/** Prints a line per comparison; with --check the status is 1 when one is over its budget. */
export function run(args) {
  const folder = mkdtempSync(join(tmpdir(), 'ralph-bench-'));
  try {
    const over = comparisons(folder).filter((one) => !report(one));
    return args.includes('--check') && over.length > 0 ? 1 : 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function comparisons(folder) {
  makeSampleRepository(folder);
  process.chdir(folder);
  const lockFile = join(folder, 'flock');
  return [
    ...PROGRAMS.map((name) => ({
      what: `ralph-${name} --version`,
      ours: () => node(launcher(name), '--version'),
      theirs: empty,
      against: 'node -e 0',
      budget: VERSION_BUDGET,
    })),
    {
      what: 'ralph-state list',
      ours: () => node(launcher('state'), 'list'),
      theirs: empty,
      against: 'node -e 0',
      budget: READING_BUDGET,
    },
    {
      what: 'ralph-lock run -- true',
      ours: () => node(launcher('lock'), 'run', '--', 'true'),
      theirs: () => LOCK_BUDGET * empty() + timed('flock', ['-n', lockFile, 'true']),
      against: `${LOCK_BUDGET} x node -e 0 + flock -n FILE true`,
      budget: 1,
    },
  ];
}

/** Measures, prints, and tells whether the budget was kept. */
function report({ what, ours, theirs, against, budget = Infinity }) {
  const { median, low, high, ms } = compare(ours, theirs, ROUNDS);
  const kept = median <= budget;
  const verdict = budget === Infinity ? '' : kept ? `  within ${budget}` : `  OVER ${budget}`;
  console.log(
    `${what.padEnd(27)} ${median.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)}) x ${against}, ${ms.toFixed(1)} ms${verdict}`,
  );
  return kept;
}

function launcher(name) {
  return fileURLToPath(new URL(`../../packages/${name}/bin/ralph-${name}.cjs`, import.meta.url));
}
