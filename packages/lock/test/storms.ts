import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { momentAfter, seededChance } from '@ralph/protocol/testing/chance';
import { runProgram, startProgram } from '@ralph/protocol/testing/run-built-program';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { testEnvironment } from '@ralph/protocol/testing/test-environment';
import { launcher, lockFile } from './holders.ts';

/** Storms are run with a tenth of their numbers in the regular suite, and whole in the long one. */

/** Many processes that each add to one number many times, each time under the lock; returns it, and what went wrong. */
export async function incrementStorm(processes: number, increments: number): Promise<[number, string[]]> {
  const { root } = temporaryRepository();
  const counter = join(root, 'counter');
  writeFileSync(counter, '0');
  const body = `i=0; while [ $i -lt ${increments} ]; do i=$((i + 1))
"$0" "$1" run --wait --quiet -- sh -c 'n=$(cat counter); echo $((n + 1)) > counter' || echo "refused $?"; done`;
  const loops = Array.from({ length: processes }, async () => {
    const loop = spawn('sh', ['-c', body, process.execPath, launcher()], { cwd: root, env: testEnvironment() });
    onTestFinished(() => void loop.kill('SIGKILL'));
    let said = '';
    for (const stream of [loop.stdout, loop.stderr]) stream.on('data', (part: Buffer) => (said += String(part)));
    await once(loop, 'close');
    return said;
  });
  const complaints = (await Promise.all(loops)).filter((said) => said !== '');
  return [Number(readFileSync(counter, 'utf8')), complaints];
}

/** Cycles of take and release while others look at the lock in tight loops; returns how often which status came. */
export async function lookingStorm(cycles: number): Promise<{ takers: unknown; lookers: unknown }> {
  const { root } = temporaryRepository();
  const body = 'while [ ! -e stop ]; do "$0" "$1" status || exit 1; done';
  const lookers = Array.from({ length: 4 }, () => {
    const looker = spawn('nice', ['sh', '-c', body, process.execPath, launcher()], {
      cwd: root,
      env: testEnvironment(),
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    onTestFinished(() => void looker.kill('SIGKILL'));
    return once(looker, 'close');
  });
  const statuses = new Map<number | null, number>();
  for (let cycle = 0; cycle < cycles; cycle += 1) {
    const { status } = await runProgram('ralph-lock', ['run', '--', 'true'], { cwd: root });
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }
  writeFileSync(join(root, 'stop'), '');
  return { takers: [...statuses], lookers: (await Promise.all(lookers)).map(([code]) => code as number) };
}

/**
 * Holders that are killed at a moment of chance, with and without a grandchild that lives on; returns those after which
 * the next taker had any trouble, and what was in the folder at the end.
 */
export async function killingStorm(kills: number): Promise<{ troubles: unknown[]; folder: string[] }> {
  const { root } = temporaryRepository();
  const chance = seededChance();
  const grandchildren: number[] = [];
  const troubles: unknown[] = [];
  onTestFinished(() => {
    for (const pid of grandchildren) spawnSync('kill', ['-9', String(pid)]);
  });
  for (let kill = 0; kill < kills; kill += 1) {
    const withGrandchild = chance() < 0.5;
    // Out of the family, so that nothing ends it with the command: it must not keep the lock alive. Its number comes whole or
    // not at all: half of one is another's, and none is that of our own group.
    const stray = `env -i PATH="$PATH" setsid sleep 100 >/dev/null 2>&1 & echo $! > next; mv next grandchild;`;
    const body = `${withGrandchild ? stray : ''} sleep 100`;
    const holder = startProgram('ralph-lock', ['run', '--', 'sh', '-c', body], { cwd: root });
    await momentAfter(chance() * 200);
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    if (existsSync(join(root, 'grandchild')))
      grandchildren.push(Number(readFileSync(join(root, 'grandchild'), 'utf8')));
    const next = await runProgram('ralph-lock', ['run', '--', 'echo', 'mine'], { cwd: root });
    // It may have something to tell: that it ended what was left of a command.
    if (next.status !== 0 || next.stdout !== 'mine\n') troubles.push([kill, next]);
  }
  return { troubles, folder: readdirSync(join(root, '.ralph')) };
}

/** Reads and judges the record in a tight loop, in a process of its own; prints what it saw when stdin ends. */
const READER = `
const { readFileSync, openSync, readSync } = require('node:fs');
const seen = new Map(); let readings = 0, torn = 0, ended = false;
const fd = openSync(process.argv[1], 'r'), buffer = Buffer.alloc(8192);
const look = () => buffer.toString('utf8', 0, readSync(fd, buffer, 0, 8192, 0));
process.stdin.resume().on('end', () => { ended = true; });
const turn = () => {
  for (let n = 0; n < 200; n += 1) {
    readings += 1;
    let text = look();
    for (let again = look(); again !== text; again = look()) { torn += 1; text = again; }
    try { const { pid, started, prompt, token, start_time } = JSON.parse(text);
      seen.set(token, JSON.stringify([pid, started, prompt, start_time])); 
    } catch { seen.set('unreadable: ' + text, ''); }
  }
  if (ended) console.log(JSON.stringify({ readings, changing: torn, seen: [...seen] })); else setImmediate(turn);
};
turn();
`;

/**
 * Cycles of take and release while readers read the file; returns how often they read, how often the file was changing
 * meanwhile, and the readings that stood still and were not the whole record of a real holder.
 */
export async function readingStorm(cycles: number): Promise<{ readings: number; changing: number; wrong: unknown[] }> {
  const { root } = temporaryRepository();
  await runProgram('ralph-lock', ['run', '--', 'true'], { cwd: root });
  const readers = Array.from({ length: 4 }, () => {
    const reader = spawn('nice', [process.execPath, '-e', READER, lockFile(root)]);
    onTestFinished(() => void reader.kill('SIGKILL'));
    let said = '';
    reader.stdout.on('data', (part: Buffer) => (said += String(part)));
    return { reader, end: once(reader, 'close').then(() => JSON.parse(said) as ReaderReport) };
  });
  const real = new Map<string, string>();
  const remember = (record: Record<string, unknown>) => {
    const { pid, started, prompt, token, start_time } = record;
    real.set(String(token), JSON.stringify([pid, started, prompt, start_time]));
  };
  remember(JSON.parse(readFileSync(lockFile(root), 'utf8')) as Record<string, unknown>);
  for (let cycle = 0; cycle < cycles; cycle += 1) {
    const body = 'cat .ralph/loop.lock';
    const args = ['run', '--prompt', `cycle ${cycle}`, '--', 'sh', '-c', body];
    const { stdout } = await runProgram('ralph-lock', args, { cwd: root });
    remember(JSON.parse(stdout) as Record<string, unknown>);
  }
  for (const { reader } of readers) reader.stdin.end();
  const reports = await Promise.all(readers.map(({ end }) => end));
  const wrong = reports.flatMap(({ seen }) => seen.filter(([token, rest]) => real.get(token) !== rest));
  const sum = (of: (report: ReaderReport) => number) => reports.reduce((total, report) => total + of(report), 0);
  return { readings: sum(({ readings }) => readings), changing: sum(({ changing }) => changing), wrong };
}

interface ReaderReport {
  readonly readings: number;
  readonly changing: number;
  readonly seen: readonly (readonly [string, string])[];
}
