import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makePacks } from '../../pack/make-packs.mjs';
import { temporaryTree } from '../temporary-tree.mjs';

const PAGE = `# ralph-lock

## NAME

ralph-lock - one loop at a time

## SYNOPSIS

    ralph-lock run
    ralph-lock hold

## DESCRIPTION

It holds a lock, see [the worker](ralph-worker.md#locks) and [git](https://git-scm.com).

## NOTES

No more.
`;

/** A workspace of one program that has a package in it. */
function workspace(files = {}) {
  const manifest = { name: 'ralph-lock', version: '1.2.3', private: true, license: 'MIT', type: 'module' };
  return temporaryTree({
    'package.json': {
      private: true,
      license: 'MIT',
      engines: { node: '>=20.19' },
      homepage: 'https://example.invalid/r',
    },
    LICENSE: 'MIT License\n',
    'CHANGELOG.md': '# Changelog\n',
    'docs/ralph-lock.md': PAGE,
    'node_modules/word/package.json': { name: 'word', version: '3.2.1', license: 'ISC', main: 'index.mjs' },
    'node_modules/word/index.mjs': 'export const word = String(Math.random());\n',
    'node_modules/word/license.md': 'Copyright of the word\n',
    'packages/lock/package.json': {
      ...manifest,
      description: 'One loop',
      bin: { 'ralph-lock': 'bin/ralph-lock.cjs' },
      man: ['man/ralph-lock.1'],
      files: ['bin', 'dist'],
      dependencies: { word: '*' },
      nx: {},
    },
    'packages/lock/bin/ralph-lock.cjs': "#!/usr/bin/env node\nrequire('../dist/start.cjs');\n",
    'packages/lock/man/ralph-lock.1': '.TH RALPH-LOCK 1\n',
    'packages/lock/dist/ralph-lock.1': '.TH RALPH-LOCK 1 2026-01-01 "ralph 1.2.2"\n',
    'packages/lock/test/lock.test.ts': '',
    'packages/lock/src/bin.ts': "import { word } from 'word';\nconsole.log(word);\n",
    ...files,
  });
}

const pack = (root) => makePacks(`${root}/`, ['lock'], join(root, 'packs'));

const inPack = (path, ...words) => execFileSync('tar', ['xOf', path, ...words], { encoding: 'utf8' });

describe('a pack', () => {
  it('holds what a program needs and a reader wants, and nothing else of the workspace', async () => {
    const root = workspace({ 'packs/ralph-lock-1.0.0.tgz': 'old', 'packs/other-1.0.0.tgz': 'not ours' });
    const [{ path, ...told }] = await pack(root);
    expect(told).toMatchObject({ name: 'ralph-lock', version: '1.2.3', file: 'ralph-lock-1.2.3.tgz' });
    expect(told.tarball).toBe(readFileSync(path).length);
    expect(readdirSync(join(root, 'packs')).toSorted()).toEqual(['other-1.0.0.tgz', 'ralph-lock-1.2.3.tgz']);
    const names = execFileSync('tar', ['tf', path], { encoding: 'utf8' }).trim().split('\n');
    const files = ['CHANGELOG.md', 'LICENSE', 'LICENSES-OF-PACKAGES.txt', 'README.md', 'bin/ralph-lock.cjs'];
    files.push('dist/program.js', 'dist/ralph-lock.1', 'dist/start.cjs', 'man/ralph-lock.1', 'package.json');
    expect(names.toSorted()).toEqual(files.map((name) => `package/${name}`));
    expect(JSON.parse(inPack(path, 'package/package.json'))).toEqual({
      name: 'ralph-lock',
      version: '1.2.3',
      description: 'One loop',
      license: 'MIT',
      bin: { 'ralph-lock': 'bin/ralph-lock.cjs' },
      man: ['man/ralph-lock.1'],
      homepage: 'https://example.invalid/r',
      engines: { node: '>=20.19' },
      type: 'commonjs',
      files: ['CHANGELOG.md', 'LICENSE', 'LICENSES-OF-PACKAGES.txt', 'README.md', 'bin', 'dist', 'man'],
    });
    const readme = inPack(path, 'package/README.md');
    expect(readme).toContain('It holds a lock, see the worker and [git](https://git-scm.com).\n');
    expect(readme).toContain('\n    ralph-lock run\n    ralph-lock hold\n');
    expect(inPack(path, 'package/LICENSES-OF-PACKAGES.txt')).toMatch(
      /^ {2}word 3\.2\.1 \(ISC\)\n[\s\S]*Copyright of the word$/m,
    );
  });

  it('has the page for man(1) of its own version, whatever was built last, and of the day of its release', async () => {
    const [{ path }] = await pack(
      workspace({ 'CHANGELOG.md': '# Changelog\n\n## 1.2.3 - 2026-02-03\n\n- A thing.\n' }),
    );
    expect(inPack(path, 'package/dist/ralph-lock.1')).toMatch(/^\.TH RALPH\S*LOCK 1 2026-02-03 "ralph 1\.2\.3"/);
  });

  it('has the same bytes from another folder, made of files with other rights', async () => {
    const sum = ([{ path }]) => createHash('sha256').update(readFileSync(path)).digest('hex');
    const first = sum(await pack(workspace()));
    const other = workspace();
    execFileSync('chmod', ['-R', 'go=', other]);
    expect(sum(await pack(other))).toBe(first);
  });

  it.each([
    [
      'is too large',
      { 'packages/lock/src/bin.ts': `console.log('${'x'.repeat(2_000_000)}');\n` },
      /^ralph-lock: 20\d{5} bytes installed, at most 2000000$/,
    ],
    [
      'has a command that no system could start',
      { 'packages/lock/bin/ralph-lock.cjs': "require('../dist/start.cjs');\n" },
      /^ralph-lock: .*shebang/,
    ],
  ])('is not made of a program that %s', async (_, files, words) => {
    const root = workspace(files);
    await expect(pack(root)).rejects.toThrow(words);
    expect(existsSync(join(root, 'packs'))).toBe(false);
  });

  it('is not made without what it promises, nor without the words of a license', async () => {
    const root = workspace({ 'node_modules/word/license.md': '' });
    execFileSync('rm', [join(root, 'packages/lock/man/ralph-lock.1')]);
    await expect(pack(root)).rejects.toThrow(/man\/ralph-lock\.1 is promised .* but is not there$/);
    writeFileSync(join(root, 'packages/lock/man/ralph-lock.1'), '');
    execFileSync('rm', [join(root, 'node_modules/word/license.md')]);
    await expect(pack(root)).rejects.toThrow(
      'node_modules/word has no text of its license (ISC) to go with the bundle',
    );
  });
});
