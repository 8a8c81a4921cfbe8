import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { anchorsIn, deadLinks, linksIn, pagesOf } from './page-links.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const pages = new Map(pagesOf(root).map((path) => [path, readFileSync(join(root, path), 'utf8')]));

describe('links of a page', () => {
  it('are found in prose, not in code', () => {
    expect(linksIn('[a](b.md) `[c](d.md)`\n```sh\n[e](f.md)\n```\n![g](h.svg#i)')).toEqual(['b.md', 'h.svg#i']);
  });

  it('lead to headings by their words', () => {
    expect(anchorsIn("# A `code_word`: it's [here](x.md)\n## B\n## B\n```\n# no\n```\n")).toEqual([
      'a-code_word-its-here',
      'b',
      'b-1',
    ]);
  });

  it('are dead where file or heading is missing', () => {
    const two = new Map([
      ['a.md', '[1](b.md#there) [2](b.md#gone) [3](c.md) [4](#own) [5](https://x.invalid/#y)\n# Own'],
      ['b.md', '# There'],
    ]);
    expect(deadLinks(two, (path) => two.has(path))).toEqual(['a.md: b.md#gone', 'a.md: c.md']);
  });
});

it('no link of any page of this house is dead', () => {
  expect(deadLinks(pages, (path) => existsSync(join(root, path)))).toEqual([]);
});

it('each page of docs is one click away from their index, and the index from the README', () => {
  const all = [...pages.keys()].filter((path) => /^docs\/[^/]+$/.test(path) && path !== 'docs/README.md');
  const linked = linksIn(pages.get('docs/README.md') ?? '').map((link) => join('docs', link));
  expect(linked).toEqual(expect.arrayContaining(all));
  expect(linksIn(pages.get('README.md') ?? '')).toContain('docs/README.md');
});
