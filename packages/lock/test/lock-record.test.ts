import { closeSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lockRecord } from '@ralph/protocol/contract/lock-record';
import { temporaryFolder } from '@ralph/protocol/testing/temporary-folder';
import { ensureLockFile, overwriteRecord, ownRecord, readRecord, shortPrompt } from '../src/lock-record.ts';

describe('the record of a lock', () => {
  it('names this process and fits its schema', () => {
    const record = ownRecord('p');
    expect(lockRecord.parse(record)).toEqual(record);
    expect(record).toMatchObject({ pid: process.pid, prompt: 'p', state: 'held' });
  });

  it('is made once, whole, and marked as released, and leaves no draft', () => {
    const path = join(temporaryFolder(), 'deep/x.lock');
    ensureLockFile(path, ownRecord('first'));
    ensureLockFile(path, ownRecord('second'));
    expect(readRecord(path)).toMatchObject({ prompt: 'first', state: 'released' });
    expect(readdirSync(join(path, '..'))).toEqual(['x.lock']);
  });

  it('is overwritten in place by a longer and by a shorter one', () => {
    const path = join(temporaryFolder(), 'x.lock');
    ensureLockFile(path, ownRecord('middle'));
    const fd = openSync(path, 'r+');
    for (const prompt of ['a much longer prompt than before', 'x']) {
      overwriteRecord(fd, ownRecord(prompt));
      expect(readRecord(path)).toMatchObject({ prompt });
      expect(readFileSync(path, 'utf8')).toMatch(/\}$/);
    }
    closeSync(fd);
  });

  it.each(['', 'nonsense', '[]', '{"pid":"1","started":"","prompt":""}', '{"pid":1}'])(
    'is nothing when the file holds %j',
    (text) => {
      const path = join(temporaryFolder(), 'x.lock');
      writeFileSync(path, text);
      expect(readRecord(path)).toBeUndefined();
    },
  );

  it('shows that there was no prompt, and cuts a long one', () => {
    expect([shortPrompt(undefined), shortPrompt(''), shortPrompt('a'.repeat(100))]).toEqual([
      '[no prompt]',
      '[no prompt]',
      'a'.repeat(100),
    ]);
    expect(shortPrompt('a'.repeat(101))).toBe(`${'a'.repeat(100)}...`);
  });
});
