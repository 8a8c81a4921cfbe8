import { describe, expect, it } from 'vitest';
import { dirtyFailure } from '../src/report/clean.ts';
import { dirtyFiles } from '../src/report/dirty-files.ts';
import { isOldGit } from '../src/report/survey.ts';

const status = (...entries: readonly string[]) => entries.map((entry) => `${entry}\0`).join('');

describe('dirtyFiles', () => {
  it('tells tracked changes from untracked files', () => {
    expect(dirtyFiles(status(' M a.txt', 'D  c d.txt', '?? b.txt', '?? new/'))).toEqual({
      tracked: ['a.txt', 'c d.txt'],
      untracked: ['b.txt', 'new/'],
    });
  });

  it.each([
    ['?? .ralph/'],
    [' M .ralph/queue.jsonc'],
    [' M .ralph/done.jsonc'],
    ['A  .ralph/config.jsonc'],
    ['?? .ralph/cache/'],
    ['?? .ralph/cache/parallel/state.json'],
    ['?? .ralph/logs/'],
    ['?? .ralph/lock/'],
    ['?? .ralph/loop.lock'],
    ['?? .ralph/trust.jsonc'],
    ['?? .ralph/.loop.lock.12475.111c1c73d6efddab.next'],
    ['?? .ralph/.queue.jsonc.7.111c1c73d6efddab.next.4711'],
    ['?? .worktrees/'],
    ['?? .worktrees/second/'],
  ])('M09: takes %j as no dirt', (entry) => {
    expect(dirtyFiles(status(entry))).toEqual({ tracked: [], untracked: [] });
  });

  it.each([
    ['?? .ralph/prompts/'],
    ['?? .ralphx/'],
    ['?? sub/.ralph/'],
    ['?? .ralph/cached'],
    ['?? .ralph/a/b.lock'],
    ['?? .ralph/a.next'],
    ['?? .ralph/prompts/.a.7.111c1c73d6efddab.next'],
    ['?? .a.7.111c1c73d6efddab.next'],
  ])('takes %j as dirt', (entry) => {
    expect(dirtyFiles(status(entry)).untracked).toHaveLength(1);
  });
});

describe('dirtyFailure', () => {
  it('puts nothing away that it does not name', () => {
    const { message, parts } = dirtyFailure('/r', { tracked: ["it's.txt"], untracked: ['b.txt'] });
    expect(message.split('\n').slice(1)).toEqual([
      "  Tracked changes (suggest 'git stash' or 'git commit'):",
      "    it's.txt",
      "  Untracked files (suggest 'git add' and 'git commit', or a rule in .gitignore):",
      '    b.txt',
    ]);
    expect(parts.hint).toMatch(/^git -C \/r stash push --include-untracked -- 'it'\\''s.txt' b.txt {2}# .*--force/);
  });

  it('M08: names ten of each kind and counts the rest', () => {
    const many = Array.from({ length: 13 }, (_, index) => `f${index}`);
    const { message, parts } = dirtyFailure('/r', { tracked: many, untracked: many.slice(0, 11) });
    expect(message.match(/\.\.\.and \d+ more/g)).toEqual(['...and 3 more', '...and 1 more']);
    expect(message).not.toContain('f10\n');
    expect(parts.hint).toMatch(/^git -C \/r status --short {2}#/);
  });
});

describe('isOldGit', () => {
  it.each([
    ['2.37.9', true],
    ['2.38.0', false],
    ['3.0', false],
    ['1.9', true],
    ['unknown', false],
  ])('%s: %s', (version, isOld) => {
    expect(isOldGit(version)).toBe(isOld);
  });
});
