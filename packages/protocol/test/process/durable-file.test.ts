import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isFailure } from '../../src/contract/failure.ts';
import { replaceFile } from '../../src/process/durable-file.ts';
import { sweepNextFiles } from '../../src/process/next-file.ts';
import { temporaryFolder } from '../../src/testing/temporary-folder.ts';

describe('replaceFile', () => {
  it('makes a file with its folders, replaces it, and leaves nothing beside it', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'a/b/state.json');
    await replaceFile(path, 'one');
    await replaceFile(path, 'two €');
    expect(readFileSync(path, 'utf8')).toBe('two €');
    expect(readdirSync(join(folder, 'a/b'))).toEqual(['state.json']);
  });

  it('puts a new file in place, so that a reader who has the old one open keeps the whole of it', async () => {
    const path = join(temporaryFolder(), 'state.json');
    await replaceFile(path, 'one');
    const before = statSync(path).ino;
    await replaceFile(path, 'two');
    expect(statSync(path).ino).not.toBe(before);
  });

  it('keeps a symlink and replaces what it names', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'real'));
    writeFileSync(join(folder, 'real/queue'), 'one');
    symlinkSync('real/queue', join(folder, 'queue'));
    await replaceFile(join(folder, 'queue'), 'two');
    expect(readlinkSync(join(folder, 'queue'))).toBe('real/queue');
    expect(lstatSync(join(folder, 'real/queue')).isFile()).toBe(true);
    expect(readFileSync(join(folder, 'real/queue'), 'utf8')).toBe('two');
    expect(readdirSync(join(folder, 'real'))).toEqual(['queue']);
  });

  it('keeps the mode of the file', async () => {
    const path = join(temporaryFolder(), 'queue');
    writeFileSync(path, 'one');
    chmodSync(path, 0o640);
    await replaceFile(path, 'two');
    expect((statSync(path).mode & 0o777).toString(8)).toBe('640');
  });

  it('leaves the file to its owner when root writes it', async ({ skip }) => {
    skip(process.getuid?.() !== 0, 'only root can give files away');
    const path = join(temporaryFolder(), 'queue');
    writeFileSync(path, 'one');
    chownSync(path, 65_534, 65_534);
    await replaceFile(path, 'two');
    const { uid, gid } = statSync(path);
    expect([uid, gid, readFileSync(path, 'utf8')]).toEqual([65_534, 65_534, 'two']);
  });

  it('makes the folders on the way', async () => {
    const path = join(temporaryFolder(), 'a/b/c/state.json');
    await replaceFile(path, 'one');
    expect(readFileSync(path, 'utf8')).toBe('one');
  });

  it('leaves the old file and no other when it cannot write', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    const error: unknown = await replaceFile(join(folder, 'file/below'), 'x').catch((thrown: unknown) => thrown);
    if (!isFailure(error)) throw new Error('it was written');
    expect([error.code, error.exit]).toEqual(['io', 74]);
    expect(error.message).toMatch(`cannot write ${folder}/file/below: E`);
    mkdirSync(join(folder, 'taken'));
    await expect(replaceFile(join(folder, 'taken'), 'x')).rejects.toMatchObject({ code: 'io' });
    expect(readdirSync(folder).toSorted()).toEqual(['file', 'taken']);
  });
});

describe('sweepNextFiles', () => {
  it('removes what killed writers of this file left, and nothing else', () => {
    const folder = temporaryFolder();
    const left = ['.state.json.71.0123456789abcdef.next', '.state.json.72.fedcba9876543210.next.3'];
    const others = ['state.json', '.state.json.71.next', '.other.json.71.0123456789abcdef.next', '.state.json'];
    for (const name of [...left, ...others]) writeFileSync(join(folder, name), '');
    sweepNextFiles(join(folder, 'state.json'));
    expect(readdirSync(folder).toSorted()).toEqual(others.toSorted());
    expect(left.some((name) => existsSync(join(folder, name)))).toBe(false);
  });

  it('removes what lies beside the file that a link leads to, and leaves a folder of such a name', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'real'));
    writeFileSync(join(folder, 'real/state.json'), '');
    symlinkSync('real/state.json', join(folder, 'state.json'));
    const left = '.state.json.71.0123456789abcdef.next';
    for (const place of [left, `real/${left}`]) writeFileSync(join(folder, place), '');
    mkdirSync(join(folder, `.state.json.72.0123456789abcdef.next`));
    sweepNextFiles(join(folder, 'state.json'));
    expect(readdirSync(folder).toSorted()).toEqual(['.state.json.72.0123456789abcdef.next', 'real', 'state.json']);
    expect(readdirSync(join(folder, 'real'))).toEqual(['state.json']);
  });
});
