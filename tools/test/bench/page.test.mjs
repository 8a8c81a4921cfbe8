import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { bookOf, PAGE, RESULTS, writeBook } from '../../bench/book/page.mjs';
import { GROUPS } from '../../bench/groups.mjs';
import { temporaryTree } from '../temporary-tree.mjs';
import { measured, series } from './samples.mjs';

const house = fileURLToPath(new URL('../../..', import.meta.url));
const textOf = (path) => readFileSync(join(house, path), 'utf8');
const empty = '# P\n<!-- bench:lock -->\n<!-- end -->\nby hand\n<!-- bench:state -->\nold\n<!-- end -->\nrest\n';

describe('the book', () => {
  it('fills the blocks of what was measured, and keeps all else', () => {
    const files = bookOf({ lock: measured({ series: [series()] }) }, empty);
    expect([...files.keys()]).toEqual(['docs/performance/lock.svg', 'docs/performance/lock-growth.svg', PAGE]);
    const text = files.get(PAGE);
    expect(text).toContain('![Lock](performance/lock.svg)\n');
    expect(text).toContain('Measured 2026-01-02 at abc, full form: 2 x P, 8 GiB, linux 6.1, ext4, Node v20, git 2.39.');
    expect(text.slice(text.indexOf('<!-- end -->'))).toBe(empty.slice(empty.indexOf('<!-- end -->')));
  });

  it('does not change when it is written again', () => {
    const once = bookOf({ lock: measured() }, empty).get(PAGE);
    expect(bookOf({ lock: measured() }, once).get(PAGE)).toBe(once);
  });

  it('makes no picture of rows that were not measured', () => {
    const files = bookOf({ lock: measured({ rows: [{ name: 'x', against: 'y', missing: 'no y' }] }) }, empty);
    expect([...files.keys()]).toEqual([PAGE]);
  });

  it('refuses a group that has no place', () => {
    expect(() => bookOf({ lock: measured(), train: measured() }, empty)).toThrow(`${PAGE} has no place for: train`);
  });

  it('keeps the groups that were not measured this time', () => {
    const root = temporaryTree({ [PAGE]: empty });
    writeBook(root, { lock: measured() });
    writeBook(root, { state: measured({ title: 'State' }) });
    expect(Object.keys(JSON.parse(readFileSync(join(root, RESULTS), 'utf8')))).toEqual(['lock', 'state']);
    const text = readFileSync(join(root, PAGE), 'utf8');
    expect(text).toContain('![Lock]');
    expect(text).toContain('![State]');
    expect(text).not.toContain('old');
  });

  it('leaves everything as it was when a group has no place', () => {
    const root = temporaryTree({ [PAGE]: empty });
    expect(() => writeBook(root, { train: measured() })).toThrow('has no place');
    expect([readFileSync(join(root, PAGE), 'utf8'), existsSync(join(root, RESULTS))]).toEqual([empty, false]);
  });
});

describe('docs/performance.md', () => {
  it('has a place for each group', () => {
    const places = [...textOf(PAGE).matchAll(/<!-- bench:([a-z-]+) -->\n[\s\S]*?<!-- end -->/g)].map(
      ([, name]) => name,
    );
    expect(places).toEqual(expect.arrayContaining(Object.keys(GROUPS)));
    expect(new Set(places).size).toBe(places.length);
  });

  it('has the figures of every group, and none that was not measured', () => {
    const results = JSON.parse(textOf(RESULTS));
    expect(Object.keys(results).toSorted()).toEqual(Object.keys(GROUPS).toSorted());
    const cells = textOf(PAGE)
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .flatMap((line) => line.slice(1, -1).split(/(?<!\\)\|/));
    expect(cells.filter((cell) => cell.trim() === '' || cell.includes('not measured:'))).toEqual([]);
  });

  it('is what follows from the figures that are kept beside it', () => {
    const results = JSON.parse(textOf(RESULTS));
    const stale = [...bookOf(results, textOf(PAGE))].filter(
      ([path, text]) => !existsSync(join(house, path)) || textOf(path) !== text,
    );
    expect(stale.map(([path]) => path)).toEqual([]);
  });
});
