import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
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
