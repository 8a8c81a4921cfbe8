import { mkdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '@ralph/protocol/testing/temporary-folder';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { readSettled } from '../src/store/settled-read.ts';

function worktree() {
  const root = temporaryFolder();
  mkdirSync(join(root, '.git'));
  const [path, lock] = [join(root, 'queue'), join(root, '.git/index.lock')];
  writeFileSync(path, 'old');
  return { root, path, lock };
}

describe('readSettled', () => {
  it('reads once where no git is at work', async () => {
    const { root, path } = worktree();
    let reads = 0;
    const text = await readSettled(root, [path], () => {
      reads += 1;
      return readFile(path, 'utf8');
    });
    expect({ text, reads }).toEqual({ text: 'old', reads: 1 });
  });

  it('reads again what it found while git held its index, an error too', async () => {
    const { root, path, lock } = worktree();
    rmSync(path);
    writeFileSync(lock, '');
    let reads = 0;
    const text = await readSettled(root, [path], () => {
      reads += 1;
      if (reads === 3) {
        writeFileSync(path, 'new');
        rmSync(lock);
      }
      return readFile(path, 'utf8');
    });
    expect({ text, reads }).toEqual({ text: 'new', reads: 4 });
  });

  it('heeds the index of the worktree of a second loop', async () => {
    const { root: main } = worktree();
    const [root, own] = [join(main, '.worktrees/one'), join(main, '.git/worktrees/one')];
    for (const folder of [root, own]) mkdirSync(folder, { recursive: true });
    writeFileSync(join(root, '.git'), 'gitdir: ../../.git/worktrees/one\n');
    writeFileSync(join(own, 'index.lock'), '');
    let reads = 0;
    await readSettled(root, [], () => {
      reads += 1;
      if (reads === 2) rmSync(join(own, 'index.lock'));
      return Promise.resolve();
    });
    expect(reads).toBe(3);
  });

  it('reads again what was replaced meanwhile', async () => {
    const { root, path } = worktree();
    const seen: string[] = [];
    const text = await readSettled(root, [path], async () => {
      seen.push(await readFile(path, 'utf8'));
      if (seen.length === 1) {
        rmSync(path);
        writeFileSync(path, 'newer');
      }
      return seen.at(-1);
    });
    expect({ text, seen }).toEqual({ text: 'newer', seen: ['old', 'newer'] });
  });

  it('reads what has not changed since the last look once, unless it is so young that nobody could tell', async () => {
    const { root, path } = worktree();
    const memory = {};
    const read = async () => ({ text: await readFile(path, 'utf8') });
    const young = await readSettled(root, [path], read, memory);
    await waitUntil('the file is old', () => Date.now() - statSync(path).ctimeMs > 200);
    const first = await readSettled(root, [path], read, memory);
    const again = await readSettled(root, [path], read, memory);
    expect({ isReadAgain: first !== young, isKept: again === first }).toEqual({ isReadAgain: true, isKept: true });
    writeFileSync(path, 'new');
    expect(await readSettled(root, [path], read, memory)).toEqual({ text: 'new' });
  });

  it('does not wait for a lock that a git has left behind long ago', async () => {
    const { root, path, lock } = worktree();
    writeFileSync(lock, '');
    utimesSync(lock, 1, 1);
    let reads = 0;
    const end = readSettled(root, [path], () => {
      reads += 1;
      return Promise.reject(new Error('corrupt'));
    });
    await expect(end).rejects.toThrow('corrupt');
    expect(reads).toBe(1);
  });
});
