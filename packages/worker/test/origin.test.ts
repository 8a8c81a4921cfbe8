import { describe, expect, it } from 'vitest';
import { absoluteUrl } from '../src/site/origin.ts';

describe('absoluteUrl', () => {
  it.each([
    ['https://h/r.git', 'https://h/r.git'],
    ['git@h:r.git', 'git@h:r.git'],
    ['../r.git', '/x/r.git'],
    ['/y/r.git', '/y/r.git'],
    ['./a:b', '/x/repo/a:b'],
  ])('%s means %s from everywhere', (url, expected) => {
    expect(absoluteUrl('/x/repo', url)).toBe(expected);
  });
});
