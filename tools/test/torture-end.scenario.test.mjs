import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { foreignCommit } from '../torture/faults/foreign-commit.mjs';
import { membersOf } from '../torture/look/processes.mjs';
import { torture } from '../torture/torture.mjs';
import { comesTrue } from '../torture/wait.mjs';
import { temporaryTree } from './temporary-tree.mjs';

const program = fileURLToPath(new URL('../torture/run.mjs', import.meta.url));
const LONG_MS = 120_000;

it('an interrupt ends it in order: a table of what was done, no process and no file left', async () => {
  const folder = temporaryTree({});
  const child = spawn(process.execPath, [program, '--minutes', '5'], { env: { ...process.env, TMPDIR: folder } });
  onTestFinished(() => void child.kill('SIGKILL'));
  let told = '';
  child.stdout.on('data', (text) => (told += text));
  const ended = once(child, 'exit');
  const isAtWork = () => readdirSync(folder).some((name) => existsSync(join(folder, name, 'journal')));
  expect(await comesTrue(isAtWork, LONG_MS)).toBe(true);
  child.kill('SIGINT');
  expect(await ended).toEqual([130, null]);
  expect(told).toMatch(/^seed \d+\n[^]*\nrounds +\d+\n[^]*\nlost +0\n/);
  expect(await comesTrue(() => membersOf(folder).length === 0, LONG_MS)).toBe(true);
  expect(readdirSync(folder)).toEqual([]);
});

it('Ctrl-C that ends a git of ours before we hear of it is an interrupt like any other', async () => {
  const folder = temporaryTree({});
  for (const name of ['bin', 'tmp']) mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, 'bin/git'), '#!/bin/sh\nkill -INT $PPID\nkill -INT $$\n', { mode: 0o755 });
  const env = {
    ...process.env,
    TMPDIR: join(folder, 'tmp'),
    PATH: [join(folder, 'bin'), process.env.PATH].join(delimiter),
  };
  const end = await endOf(['--rounds', '1', '--fault', 'SIGHUP'], env);
  expect({ ...end, stdout: undefined }).toEqual({ code: 130, signal: null, stdout: undefined, stderr: '' });
  expect(end.stdout).toMatch(/\nrounds +0\n/);
  expect(readdirSync(join(folder, 'tmp'))).toEqual([]);
});

it('ends when nobody reads what it says', async () => {
  const folder = temporaryTree({});
  const child = spawn(process.execPath, [program, '--minutes', '20'], { env: { ...process.env, TMPDIR: folder } });
  onTestFinished(() => void child.kill('SIGKILL'));
  child.stdout.destroy();
  expect(await once(child, 'exit')).toEqual([141, null]);
  expect(readdirSync(folder)).toEqual([]);
});

it('a folder that cannot be written is told in one line', async () => {
  const { code, stderr } = await endOf(['--rounds', '1'], { ...process.env, TMPDIR: '/proc' });
  expect(code).toBe(74);
  expect(stderr).toMatch(/^torture: .*\/proc\n$/);
});

it('what one that was killed has left is named, with the line that takes it away', async () => {
  const gone = spawn('true');
  await once(gone, 'exit');
  const names = [`ralph-torture-${gone.pid}-x/y`, `ralph-torture-${process.pid}-x/y`];
  const folder = join(temporaryTree(Object.fromEntries(names.map((name) => [`my 'tmp'/${name}`, '']))), "my 'tmp'");
  const env = { ...process.env, TMPDIR: folder, PATH: '/nonexistent' };
  const { code, stderr } = await endOf(['--rounds', '1', '--fault', 'SIGHUP'], env);
  const [, line = ''] = /can go: (.*)\n/.exec(stderr) ?? [];
  expect(spawnSync('sh', ['-c', line]).status).toBe(0);
  expect(readdirSync(folder)).toEqual([`ralph-torture-${process.pid}-x`]);
  expect(stderr).toContain('git ENOENT');
  expect(code).toBe(74);
});

async function endOf(args, env) {
  const child = spawn(process.execPath, [program, ...args], { env });
  onTestFinished(() => void child.kill('SIGKILL'));
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (text) => (stdout += text));
  child.stderr.on('data', (text) => (stderr += text));
  const [code, signal] = await once(child, 'close');
  return { code, signal, stdout, stderr };
}

/** Somebody who lands once more what has landed. */
const TWICE = {
  name: 'landing twice',
  kind: 'foreign',
  missing: () => undefined,
  arm: async (world) => ({
    hits: () => 1,
    disarm: async () => {
      const id = [...world.tasks].find((task) => task[1] === 'edit')[0];
      foreignCommit(world, 'again', (read) => ({
        [`work/${id}`]: `${read(`work/${id}`) ?? ''}${id} by attempt 98\n${id} by attempt 99\n`,
      }));
    },
  }),
};

it('a bad round is told, kept as evidence, and how to play it again is said', { timeout: 900_000 }, async () => {
  const lines = [];
  const { signal } = new AbortController();
  const sum = await torture({ seed: 3, round: 2, signal, faults: [TWICE], onLine: (line) => lines.push(line) });
  const [{ kept }] = sum.bad;
  onTestFinished(() => rmSync(kept, { recursive: true, force: true }));
  expect(sum.wrong['landed twice']).toBeGreaterThan(0);
  expect(lines).toContain('  again: npm run torture -- --seed 3 --round 2');
  expect(readFileSync(join(kept, 'wrong'), 'utf8')).toContain('by attempt 98');
  expect(existsSync(join(kept, 'world/origin.git/HEAD'))).toBe(true);
  expect(readFileSync(join(kept, 'run-1'), 'utf8')).toContain('run.started');
});

/** Somebody who takes the origin away, so that nothing can be looked at any more, and then cannot go on himself. */
const GONE = {
  name: 'everything gone',
  kind: 'foreign',
  missing: () => undefined,
  arm: async (world) => ({
    hits: () => 1,
    disarm: async () => {
      rmSync(world.origin, { recursive: true });
      throw new Error('cannot go on');
    },
  }),
};

it('a round that cannot be played to its end is a bad one, and leaves no world', { timeout: 900_000 }, async () => {
  const folder = temporaryTree({});
  const [signal, before] = [new AbortController().signal, process.env['TMPDIR']];
  process.env['TMPDIR'] = folder;
  onTestFinished(() => {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  });
  const sum = await torture({ seed: 3, round: 2, signal, faults: [GONE], onLine: () => undefined });
  const [{ kept, wrong }] = sum.bad;
  onTestFinished(() => rmSync(kept, { recursive: true, force: true }));
  expect(wrong.map(({ text }) => text).join('\n')).toContain(
    'the round could not be played to its end: Error: cannot go on',
  );
  expect(readdirSync(folder)).toEqual([]);
});
