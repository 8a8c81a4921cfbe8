import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { PAGE } from '../../bench/book/page.mjs';
import { GROUPS } from '../../bench/groups.mjs';
import { wish } from '../../bench/book/wish.mjs';
import { temporaryTree } from '../temporary-tree.mjs';

const house = fileURLToPath(new URL('../../..', import.meta.url));
const groups = {
  'start-up': { isUsual: true },
  lock: { isUsual: true },
  workspace: { isUsual: true },
  growth: { isUsual: false },
};
const nothing = { form: 'quick', json: undefined, isWritten: false, isChecked: false };

describe('what is asked of the benchmark', () => {
  it('is the quick form of all usual groups without words', () => {
    expect(wish([], groups)).toEqual({ ...nothing, names: ['start-up', 'lock', 'workspace'] });
  });

  it('is the groups that are named, in the order of the book, in the form that is named', () => {
    const asked = wish(['growth', 'full', 'lock', '--check', '--write', '--json', '/x/y.json'], groups);
    expect(asked).toEqual({
      form: 'full',
      names: ['lock', 'growth'],
      json: '/x/y.json',
      isWritten: true,
      isChecked: true,
    });
  });

  it.each([
    [['lokc'], 'there is no group lokc'],
    [['constructor'], 'there is no group constructor'],
    [['quick', 'full'], 'one form at a time, not quick and full'],
    [['once', '--write'], 'what was measured once is not for the book'],
    [['--jsno', 'x'], "Unknown option '--jsno'"],
    [['--json'], "Option '--json <value>' argument missing"],
  ])('is nothing that can be done for %j', (args, problem) => {
    expect(wish(args, groups)).toContain(problem);
  });

  it.each([['lokc'], ['quick', 'full'], ['once', '--write'], ['--jsno']])(
    'ends with 64 for %s, and changes nothing',
    (...args) => {
      const json = join(temporaryTree({}), 'figures.json');
      const run = join(house, 'tools/bench/run.mjs');
      const { status, stdout, stderr } = spawnSync(process.execPath, [run, ...args, '--json', json], {
        encoding: 'utf8',
      });
      expect([status, stdout, existsSync(json)]).toEqual([64, '', false]);
      expect(stderr).toMatch(/^bench: .*\n\nusage: npm run bench/);
    },
  );

  it('is understood wherever a page shows it', () => {
    const pages = [PAGE, 'README.md', 'CONTRIBUTING.md']
      .map((path) => readFileSync(join(house, path), 'utf8'))
      .join('\n');
    const shown = [...pages.matchAll(/npm run bench(?: -- ([^`\n]+))?/g)].map(([, words = '']) =>
      words.split(' ').filter((word) => word !== ''),
    );
    expect(shown.length).toBeGreaterThan(5);
    // What scale is asked for has words of its own.
    const asked = shown.filter(([first]) => first !== 'scale');
    expect(asked.map((words) => wish(words, GROUPS)).filter((one) => typeof one === 'string')).toEqual([]);
  });
});
