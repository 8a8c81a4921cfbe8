import { describe, expect, it } from 'vitest';
import { anyOverlap, scopesOverlap } from '../../src/contract/scope-overlap.ts';

describe('scopesOverlap', () => {
  it.each([
    ['src', 'src'],
    ['src', 'src/a.ts'],
    ['./src/', 'src/a.ts'],
    ['src/a.ts', 'src/a.ts'],
    ['src/*.ts', 'src/a.ts'],
    ['src/*.ts', 'src/a*'],
    ['src/**/*.ts', 'src/deep/er/a.ts'],
    ['**/*.md', 'docs/a.md'],
    ['src/?.ts', 'src/a.ts'],
    ['*', 'anything'],
    ['.', 'src/a.ts'],
    ['', 'src/a.ts'],
    ['help text', 'help text'],
    ['crates/a*c/x', 'crates/abbc/x'],
  ])('%s overlaps %s, either way round', (one, other) => {
    expect([scopesOverlap(one, other), scopesOverlap(other, one)]).toEqual([true, true]);
  });

  it.each([
    ['src', 'srcs'],
    ['src/a.ts', 'src/b.ts'],
    ['src', 'docs'],
    ['*.md', 'src/a.ts'],
    ['src/*.ts', 'src/a.md'],
    ['src/?.ts', 'src/ab.ts'],
    ['help text', 'help texts'],
    ['crates/a*c/x', 'crates/abbd/x'],
  ])('%s does not overlap %s, either way round', (one, other) => {
    expect([scopesOverlap(one, other), scopesOverlap(other, one)]).toEqual([false, false]);
  });

  it('takes no longer than the scope is long, whatever its pattern', () => {
    const pattern = `${'*a'.repeat(2_000)}b`;
    expect(scopesOverlap(pattern, 'a'.repeat(4_000))).toBe(false);
  });
});

describe('anyOverlap', () => {
  it('finds the pair', () => {
    expect(anyOverlap(['docs', 'src/a'], ['lib', 'src'])).toBe(true);
  });

  it.each([
    [[], ['src']],
    [['src'], []],
  ])('of %j and %j is none', (some, others) => {
    expect(anyOverlap(some, others)).toBe(false);
  });
});
