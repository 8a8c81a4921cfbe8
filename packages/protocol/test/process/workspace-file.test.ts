import { execFileSync } from 'node:child_process';
import { closeSync, lstatSync, mkdirSync, readFileSync, readSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { linkOnTheWay, makeAnew, plainText } from '../../src/process/workspace-file.ts';
import { temporaryFolder } from '../../src/testing/temporary-folder.ts';

describe('a file of ours in a workspace', () => {
  it.each([
    ['nothing', () => {}],
    ['a file', (path: string) => writeFileSync(path, 'longer than the new text')],
    ['a folder', (path: string) => mkdirSync(join(path, 'below'), { recursive: true })],
    ['a pipe', (path: string) => execFileSync('mkfifo', [path])],
    ['a link', (path: string) => symlinkSync('victim', path)],
  ])('is made anew where %s was, and can be read from its beginning', (_, put) => {
    const root = temporaryFolder();
    const [path, victim] = [join(root, 'file'), join(root, 'victim')];
    writeFileSync(victim, 'precious');
    put(path);
    const file = makeAnew(path, 'the text', 0o600);
    const bytes = Buffer.alloc(20);
    const read = readSync(file, bytes);
    closeSync(file);
    expect(bytes.toString('utf8', 0, read)).toBe('the text');
    expect(readFileSync(path, 'utf8')).toBe('the text');
    expect(lstatSync(path).isFile()).toBe(true);
    expect(lstatSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(victim, 'utf8')).toBe('precious');
  });

  it('is read where it is plain and small enough, and nothing else is', () => {
    const root = temporaryFolder();
    writeFileSync(join(root, 'plain'), 'text');
    execFileSync('mkfifo', [join(root, 'pipe')]);
    symlinkSync('plain', join(root, 'link'));
    const read = (name: string, most = 4) => plainText(join(root, name), most);
    expect(read('plain')).toBe('text');
    expect([read('plain', 3), read('pipe'), read('link'), read('.'), read('gone')]).toEqual(Array(5).fill(undefined));
  });

  it('is known to lie behind a link, at any step below the workspace', () => {
    const root = temporaryFolder();
    mkdirSync(join(root, 'a/b'), { recursive: true });
    symlinkSync('a', join(root, 'link'));
    expect(linkOnTheWay(root, join(root, 'a/b/file'))).toBeUndefined();
    expect(linkOnTheWay(root, join(root, 'link/b/file'))).toBe(join(root, 'link'));
    expect(linkOnTheWay(join(root, 'link'), join(root, 'link/b/file'))).toBeUndefined();
  });
});
