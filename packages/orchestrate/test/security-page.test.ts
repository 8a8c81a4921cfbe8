import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const page = readFileSync(fileURLToPath(new URL('../../../docs/security.md', import.meta.url)), 'utf8');

const sections = page.split(/^## /m).slice(1);

/** What is promised stands in items of every section but these. */
const WITHOUT_CLAIMS = ['Who may do what', 'What we do not protect against'];

const claims = sections
  .filter((section) => !WITHOUT_CLAIMS.includes(section.split('\n', 1)[0] ?? ''))
  .flatMap((section) => section.split(/^- /m).slice(1))
  .map((claim) => claim.replaceAll(/\s+/g, ' ').trim());

const TEST = /\(`([\w./-]+\.test\.ts)`: ([^)]+)\)$/;

describe('docs/security.md', () => {
  it('has claims', () => {
    expect(claims.length).toBeGreaterThan(20);
  });

  it.each(claims)('%s', (claim) => {
    const [, file = '', name = ''] = TEST.exec(claim) ?? [];
    const path = fileURLToPath(new URL(`../../${file}`, import.meta.url));
    expect({ claim, file: file !== '' && existsSync(path) }).toEqual({ claim, file: true });
    const titles = [...readFileSync(path, 'utf8').matchAll(/(['"`])((?:(?!\1).)*)\1/g)].map(([, , title]) => title);
    expect(titles.filter((title) => title?.includes(name))).not.toEqual([]);
  });
});
