import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '@ralph/protocol/testing/temporary-folder';
import { globExpression } from '../src/travel/copy-glob.ts';
import { readCopyPatterns } from '../src/travel/copy-patterns.ts';
import { excludeLine } from '../src/travel/exclude-lines.ts';
import { closedFolderOf, isOfRun } from '../src/travel/no-travel.ts';

describe('globExpression', () => {
  it.each([
    ['config/*.json', ['config/a.json', 'config/.json'], ['config/x/a.json', 'x/config/a.json', 'config/a.jsonx']],
    ['**/*.pem', ['a.pem', 'x/y/a.pem'], ['a.pem/x']],
    ['certs/**', ['certs/a', 'certs/x/.b'], ['certs', 'xcerts/a']],
    ['a/**/b', ['a/b', 'a/x/y/b'], ['a/xb']],
    ['a**b', ['ab', 'axyb'], ['a/b']],
    ['?.t[xyz]t', ['a.txt', '😀.tzt'], ['.txt', 'a.tat', '/.txt']],
    ['[!a-c].x', ['d.x', '].x'], ['a.x', '/.x']],
    ['[]a].x', ['].x', 'a.x'], ['b.x']],
    ['{a,b{1,2}}/x.{json,y*}', ['a/x.json', 'b2/x.yaml'], ['b/x.json', 'a/x.toml']],
    ['a.b+(c)$', ['a.b+(c)$'], ['axb+(c)$']],
    ['a,b', ['a,b'], ['a']],
  ])('%s matches what it should and nothing else', (glob, matched, others) => {
    const expression = globExpression(glob);
    expect(matched.filter((path) => !expression.test(path))).toEqual([]);
    expect(others.filter((path) => expression.test(path))).toEqual([]);
  });
});

describe('the work of globExpression', () => {
  it.each([
    ['*a'.repeat(30), `${'a'.repeat(3000)}b`],
    [`${'**/'.repeat(30)}x`, `${'a/'.repeat(1000)}y`],
    [`${'{a,b,*}'.repeat(30)}x`, 'a'.repeat(3000)],
  ])('grows with the lengths of pattern and path: %s', (glob, path) => {
    expect(globExpression(glob).test(path)).toBe(false);
  });
});

describe('readCopyPatterns', () => {
  it('M55 leaves blanks, a leading ./ and the slashes of Windows out of account', () => {
    const [one, two] = readCopyPatterns([' ./config/*.json ', String.raw`certs\a\**`]);
    expect(one?.matches('config/a.json')).toBe(true);
    expect(two).toMatchObject({ name: String.raw`--copy[1] "certs\\a\\**"`, folder: 'certs/a/' });
  });

  it.each([
    ['', 'is empty'],
    ['  ', 'is empty'],
    ['./', 'is empty'],
    ['/abs', 'is absolute'],
    ['C:/x', 'is absolute'],
    [String.raw`C:\x`, 'is absolute'],
    ['x/', 'ends with a slash'],
    ['../x', 'has ".."'],
    ['a/../b', 'has ".."'],
    ['a/./b', 'has "."'],
    ['././b', 'has "."'],
    ['target/x', 'lies in target/'],
    ['a/node_modules/*.js', 'lies in a/node_modules/'],
    ['.ralph/cache/x', 'lies in .ralph/cache/'],
    ['a[', 'never closes its "["'],
    ['[]', 'never closes its "["'],
    ['[z-a]', 'ends before it begins'],
    ['{a,b', 'never closes its "{"'],
    ['a}', 'never opened'],
  ])('M55 refuses %j and says which one it is', (value, problem) => {
    const read = () => readCopyPatterns(['ok', value]);
    expect(read).toThrow(/^--copy\[1\]: the pattern /);
    expect(read).toThrow(problem);
  });
});

describe('closedFolderOf', () => {
  it('goes by whole names of folders', () => {
    const paths = ['target/.env', 'a/node_modules/b/.env', 'x/.ralph/logs/a', '.git/config'];
    expect(paths.map((path) => closedFolderOf(path))).toEqual(['target', 'a/node_modules', 'x/.ralph/logs', '.git']);
    const free = ['mytarget/.env', 'foo.git/.env', 'a/target', '.ralph/logs.txt', 'cache/.env', '.ralph/prompts/a.md'];
    expect(free.filter((path) => closedFolderOf(path) !== undefined)).toEqual([]);
  });
});

describe('isOfRun', () => {
  it('knows the files of a run from prompts and configuration', () => {
    const own = [
      'cache',
      'cache/x',
      'logs/a.log',
      'lock/owner',
      'loop.lock',
      'trust.jsonc',
      'queue.jsonc',
      'done.json',
    ];
    expect(own.filter((name) => !isOfRun(`.ralph/${name}`))).toEqual([]);
    const free = [
      '.ralph/config.jsonc',
      '.ralph/prompts/x.md',
      '.ralph/prompts/queue.jsonc',
      '.ralph/queue',
      'done.json',
    ];
    expect(free.filter((path) => isOfRun(path))).toEqual([]);
  });
});

describe('excludeLine', () => {
  it('ignores the one file and none beside it, whatever its name holds', () => {
    const names = [
      '.env',
      'a b/ c ',
      'blanks  ',
      '#x',
      '!x',
      '*',
      'a?c',
      '[ab]',
      String.raw`back\slash`,
      'tab\t',
      'new\nline',
      'end\r',
      'ünï/日本',
      '"quoted"',
    ];
    const others = ['x', 'abc', 'a', 'sub/.env', 'sub/*', 'blanks', 'blanks ', 'end'];
    const folder = temporaryFolder();
    execFileSync('git', ['init', '-q', folder]);
    for (const name of [...names, ...others]) {
      mkdirSync(join(folder, dirname(name)), { recursive: true });
      writeFileSync(join(folder, name), '');
    }
    writeFileSync(join(folder, '.git/info/exclude'), names.map((name) => `${excludeLine(name)}\n`).join(''));
    execFileSync('git', ['add', '-A'], { cwd: folder });
    const added = execFileSync('git', ['ls-files', '-z'], { cwd: folder, encoding: 'utf8' });
    expect(added.split('\0').filter(Boolean).toSorted()).toEqual(others.toSorted());
  });
});
