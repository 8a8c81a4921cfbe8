import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { agedRepository } from '../bench/measure/aged-repository.mjs';
import { git } from '../bench/measure/generated-repository.mjs';
import { turns } from '../bench/measure/turns.mjs';
import { byCat } from '../bench/measure/streams.mjs';

let folder;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'ralph-bench-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('an aged repository has its files and commits, is sound, and is the same each time', async () => {
  const root = await agedRepository(folder, { files: 90, commits: 12 });
  expect(git(root, 'ls-files').split('\n')).toHaveLength(90);
  expect(git(root, 'rev-list', '--count', 'HEAD')).toBe('13');
  expect(git(root, 'diff', '--stat', 'HEAD~12', 'HEAD')).not.toBe('');
  expect(git(root, 'fsck', '--strict', '--no-dangling')).toBe('');
  const other = join(folder, 'other');
  mkdirSync(other);
  const again = await agedRepository(other, { files: 90, commits: 12 });
  expect(git(again, 'rev-parse', 'HEAD')).toBe(git(root, 'rev-parse', 'HEAD'));
});

it('all sides have a turn in each round, another one first each time, and only those behind the warm-up count', async () => {
  const order = [];
  const side = (name) => () => order.push(name);
  const seen = await turns({ a: side('a'), b: side('b'), c: side('c') }, { rounds: 2, warmUp: 1 });
  expect(order.join('')).toBe('abcbcacab');
  expect(seen).toEqual({ a: [6, 8], b: [4, 9], c: [5, 7] });
});

it('a stream that cat(1) writes arrives whole, and is gone afterwards', async () => {
  const { ms, megabytes } = await byCat(join(folder, 'repo'), 3_000_000);
  expect([ms > 0, megabytes >= 0]).toEqual([true, true]);
});
