import { mkdirSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lockRecord } from '@ralph/protocol/contract/lock-record';
import { temporaryFolder } from '@ralph/protocol/testing/temporary-folder';
import { ownRecord, readRecord, shortPrompt } from '../src/lock-record.ts';

describe('the record of a lock', () => {
  it('names this process and fits its schema', () => {
    const record = ownRecord({ token: '0123abcd', prompt: 'p' });
    expect(lockRecord.parse(record)).toEqual(record);
    expect(record).toMatchObject({ pid: process.pid, prompt: 'p', state: 'held' });
    expect(record.owner).toBeUndefined();
  });

  it('names the process for which a coprocess holds it', () => {
    expect(ownRecord({ token: '0123abcd', prompt: 'p', ownerPid: process.ppid }).owner).toMatchObject({
      pid: process.ppid,
    });
  });

  it.each([
    '',
    'nonsense',
    '[]',
    '{"pid":"1","started":"","prompt":""}',
    '{"pid":1}',
    `{"pid":1,"started":"","prompt":"${'x'.repeat(70_000)}"}`,
  ])('is nothing when the file holds %.40j', (text) => {
    const path = join(temporaryFolder(), 'x.lock');
    writeFileSync(path, text);
    expect(readRecord(path)).toBeUndefined();
  });

  it('is read without what has our names and not our types', () => {
    const path = join(temporaryFolder(), 'x.lock');
    const foreign = { pid: 7, started: 's', prompt: 'p', host: 5, owner: null, state: 'paused', token: [], theirs: 1 };
    writeFileSync(path, JSON.stringify(foreign));
    expect(readRecord(path)).toEqual({ pid: 7, started: 's', prompt: 'p', theirs: 1 });
  });

  it('is nothing where there is no plain file, and does not wait for one', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'folder'));
    spawnSync('mkfifo', [join(folder, 'pipe')]);
    expect(['missing', 'folder', 'pipe'].map((name) => readRecord(join(folder, name)))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('shows that there was no prompt, and cuts a long one', () => {
    expect([shortPrompt(undefined), shortPrompt(''), shortPrompt('a'.repeat(100))]).toEqual([
      '[no prompt]',
      '[no prompt]',
      'a'.repeat(100),
    ]);
    expect(shortPrompt('a'.repeat(101))).toBe(`${'a'.repeat(100)}...`);
    expect(shortPrompt('é'.repeat(101))).toBe(`${'é'.repeat(100)}...`);
  });

  it('leaves the password of an address out of the prompt', () => {
    expect(shortPrompt('git push https://me:secret@example.invalid/x')).toBe('git push https://example.invalid/x');
  });
});
