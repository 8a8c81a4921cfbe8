// How fast ralph-lock answers: a take inside a living process, the end of a wait by a signal, the notice of a lost file.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { makeSampleRepository } from '../sample-repository.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const launcher = join(root, 'packages/lock/bin/ralph-lock.cjs');

const TAKES = 200;
const ROUNDS = 15;

/** Prints a line per measurement; with --check the status is 1 when a median is over its budget. */
export async function run(args) {
  const folder = mkdtempSync(join(tmpdir(), 'ralph-bench-'));
  try {
    makeSampleRepository(folder);
    const kept = [
      report('take and release in a living process', await takes(folder), 5),
      report('SIGTERM to a waiting run, to its end', await rounds(() => endOfWait(folder, 'SIGTERM')), 200),
      report('SIGINT to a waiting run, to its end', await rounds(() => endOfWait(folder, 'SIGINT')), 200),
      report('rm of the lock file, to lock.lost', await rounds(() => lossNotice(folder)), 1000),
    ];
    return args.includes('--check') && kept.includes(false) ? 1 : 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function report(what, times, budget) {
  const sorted = times.toSorted((a, b) => a - b);
  const [median, most] = [sorted[sorted.length >> 1], sorted.at(-1)];
  const kept = median <= budget;
  const verdict = kept ? `within ${budget} ms` : `OVER ${budget} ms`;
  console.log(`${what.padEnd(38)} ${median.toFixed(1)} ms (most ${most.toFixed(1)} of ${times.length})  ${verdict}`);
  return kept;
}

async function rounds(once) {
  const times = [];
  for (let round = 0; round < ROUNDS; round += 1) times.push(await once());
  return times;
}

/** The code of the program itself, called many times in one process: what `hold` does after its start. */
async function takes(folder) {
  const script = join(folder, 'takes.mjs');
  await build({
    stdin: {
      contents: `
        import { takeLock } from './packages/lock/src/take-lock.ts';
        import { newToken, ownRecord } from './packages/lock/src/lock-record.ts';
        const output = { note() {}, isLive: false };
        const times = [];
        for (let take = 0; take < ${TAKES}; take += 1) {
          const record = ownRecord({ token: newToken(), prompt: 'bench' });
          const begin = performance.now();
          const request = { path: process.argv[2], record: () => record, wait: undefined, conflictExit: undefined, output };
          const lock = await takeLock({ ...request, signal: new AbortController().signal });
          lock.release();
          times.push(performance.now() - begin);
        }
        console.log(JSON.stringify(times));
      `,
      resolveDir: root,
    },
    outfile: script,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'warning',
  });
  const { stdout } = spawnSync(process.execPath, [script, join(folder, '.ralph/loop.lock')], { encoding: 'utf8' });
  return JSON.parse(stdout);
}

function ralphLock(folder, ...args) {
  return spawn(process.execPath, [launcher, ...args], { cwd: folder });
}

async function endOfWait(folder, signal) {
  const holder = ralphLock(folder, 'hold');
  await once(holder.stdout, 'data');
  const waiter = ralphLock(folder, 'run', '--wait', '--', 'true');
  await once(waiter.stderr, 'data');
  const begin = performance.now();
  waiter.kill(signal);
  await once(waiter, 'exit');
  const time = performance.now() - begin;
  holder.stdin.end();
  await once(holder, 'exit');
  return time;
}

async function lossNotice(folder) {
  const holder = ralphLock(folder, 'hold');
  await once(holder.stdout, 'data');
  const begin = performance.now();
  rmSync(join(folder, '.ralph/loop.lock'));
  const [line] = await once(holder.stdout, 'data');
  if (!String(line).includes('lock.lost')) throw new Error(`hold said ${line}`);
  const time = performance.now() - begin;
  await once(holder, 'exit');
  writeFileSync(join(folder, '.ralph/loop.lock'), '');
  return time;
}
