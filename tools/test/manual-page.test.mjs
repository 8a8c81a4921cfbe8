import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { PROGRAMS } from '../bundle-options.mjs';
import { manualPage } from '../manual-page.mjs';
import { temporaryTree } from './temporary-tree.mjs';

const EDITION = { version: '1.2.3', date: '2026-01-02' };

const house = fileURLToPath(new URL('../..', import.meta.url));

const docs = (name) => readFileSync(join(house, `docs/ralph-${name}.md`), 'utf8');

/** Returns the lines of a page below its title. */
const made = (markdown) => manualPage(markdown, EDITION).split('\n').slice(3, -1);

describe('manualPage', () => {
  it('names program, section, day and version', () => {
    expect(manualPage('# ralph-x\n', EDITION).split('\n')[0]).toBe(
      '.TH RALPH\\-X 1 2026-01-02 "ralph 1.2.3" "The ralph toolbox"',
    );
  });

  it.each([
    ['a name for apropos', '## NAME\n\nralph-x - an x\n', ['.SH NAME', 'ralph\\-x \\- an x']],
    ['parts', '## A B\n### c-d\ntext\n', ['.SH A B', '.SS c\\-d', 'text']],
    ['paragraphs', 'one\ntwo\n\nthree\n', ['.PP', 'one two', '.PP', 'three']],
    ['what is typed', "see `x --y 'z'`\n", ['.PP', 'see \\fBx \\-\\-y \\(aqz\\(aq\\fR']],
    ['bold words', 'so **it** is\n', ['.PP', 'so \\fBit\\fR is']],
    ['hyphens and dashes', 'well-known - -1\n', ['.PP', 'well-known \\- \\-1']],
    ['code', '    a \\\n    .b\n\ntext\n', ['.PP', '.RS 4', '.nf', 'a \\e', '\\&.b', '.fi', '.RE', '.PP', 'text']],
    ['fenced code', '```sh\n# a\n```\n', ['.PP', '.RS 4', '.nf', '# a', '.fi', '.RE']],
    ['lists', '- one\n  goes on\n- two\n', ['.IP \\(bu 2', 'one goes on', '.IP \\(bu 2', 'two']],
    ['comments', '<!-- options:x -->\n\ntext\n<!-- end -->\n', ['.PP', 'text']],
    ['other letters', 'a… é\n', ['.PP', 'a... \\[u00E9]']],
    ['a line that begins with a dot', '.ralph is\n', ['.PP', '\\&.ralph is']],
    ['links to pages', '[ralph-y](ralph-y.md), [s](s.md), [p](#p)\n', ['.PP', '\\fBralph\\-y\\fR(1), docs/s.md, p']],
    ['links elsewhere', '[x y](https://z.example/a)\n', ['.PP', 'x y (https://z.example/a)']],
  ])('keeps %s', (_, markdown, lines) => {
    expect(made(markdown)).toEqual(lines);
  });

  it('makes terms of the rows of a table, whatever its width', () => {
    expect(made('| option | meaning |\n| --- | --- |\n| `--on a\\|b` | when |\n| `--n[=NAME]` | name |\n')).toEqual([
      '.TP',
      '\\fB\\-\\-on\\fR a|b',
      'when',
      '.TP',
      '\\fB\\-\\-n\\fR[=\\fINAME\\fR]',
      'name',
    ]);
    expect(made('| key | meaning | default | option |\n| --- | --- | --- | --- |\n| `k` | what | 2 | |\n')).toEqual([
      '.TP',
      '\\fBk\\fR',
      'what (default: 2)',
    ]);
  });
});

describe.each(PROGRAMS)('the manual page of ralph-%s', (name) => {
  const page = manualPage(docs(name), EDITION);
  const words = page.replaceAll(/\\f[BIR]|\\:/g, '').replaceAll('\\-', '-');

  it('has every part of a manual page', () => {
    const parts = [...page.matchAll(/^\.SH (.*)$/gm)].map(([, part]) => part);
    expect(parts.slice(0, 4)).toEqual(['NAME', 'SYNOPSIS', 'DESCRIPTION', 'COMMANDS AND OPTIONS']);
    expect(parts).toEqual(expect.arrayContaining(['EXIT STATUS', 'FILES', 'EXAMPLES', 'SEE ALSO']));
    expect(page).toMatch(new RegExp(`^\\.SH NAME\nralph\\\\-${name} \\\\- [a-z].{10,90}$`, 'm'));
  });

  it('has every command and option of the page of docs, and none of its marks', () => {
    const told = docs(name);
    const commands = [...told.matchAll(/^<!-- options:([a-z -]+) -->$/gm)].map(([, command]) => command);
    const options = [...told.matchAll(/^\| `(--[\w-]+)/gm)].map(([, option]) => option);
    const parts = [...words.matchAll(/^\.SS (.*)$/gm)].map(([, part]) => part);
    expect(parts).toEqual(expect.arrayContaining(commands.filter((command) => command !== 'common')));
    const terms = new Set([...words.matchAll(/^\.TP\n(--[\w-]+)/gm)].map(([, option]) => option));
    expect(options.filter((option) => !terms.has(option))).toEqual([]);
    expect(commands.length).toBeGreaterThan(3);
    expect(words).not.toMatch(/^#|<!--|\]\(|\*\*[A-Z][^*]*\*\*|^\||`/m);
  });

  it('is linked by npm, which takes a list alone', () => {
    const { man, files } = JSON.parse(readFileSync(join(house, `packages/${name}/package.json`), 'utf8'));
    expect({ man, files }).toEqual({ man: [`./dist/ralph-${name}.1`], files: expect.arrayContaining(['dist']) });
  });

  it('is known to apropos(1) by what it is', ({ skip }) => {
    skip(spawnSync('lexgrog', ['--version']).error !== undefined, 'lexgrog (of man-db) is missing');
    const path = join(temporaryTree({ [`ralph-${name}.1`]: page }), `ralph-${name}.1`);
    const summary = /## NAME\n\n(.*)\n/.exec(docs(name))?.[1];
    expect(spawnSync('lexgrog', [path], { encoding: 'utf8' }).stdout).toBe(`${path}: "${summary}"\n`);
  });

  it.for([
    ['mandoc', '-Tlint', '-Wwarning'],
    ['groff', '-man', '-Tutf8', '-ww', '-z'],
    ['groff', '-man', '-Tascii', '-ww', '-z'],
  ])('is shown without a warning by %s', ([program, ...flags], { skip }) => {
    // Neither stands in for the other: man(1) is groff on most systems, mandoc on Alpine, BSD and macOS.
    skip(spawnSync(program, ['--version']).error !== undefined, `${program} is missing`);
    const root = temporaryTree({ [`ralph-${name}.1`]: page });
    const { stdout, stderr } = spawnSync(program, [...flags, join(root, `ralph-${name}.1`)], { encoding: 'utf8' });
    expect({ stdout, stderr }).toEqual({ stdout: '', stderr: '' });
  });
});

it('is told of a page that roff would take for something else', ({ skip }) => {
  skip(spawnSync('mandoc', ['--version']).error !== undefined, 'mandoc is missing');
  const root = temporaryTree({});
  writeFileSync(join(root, 'x.1'), '.TH X 1 2026-01-02\n.SH NAME\nx \\- y\n.nosuch\n');
  expect(spawnSync('mandoc', ['-Tlint', '-Wwarning', join(root, 'x.1')], { encoding: 'utf8' }).stdout).toMatch(
    /nosuch/,
  );
});
