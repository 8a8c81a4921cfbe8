import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LockRecord } from '@ralph/protocol/contract/lock-record';
import { temporaryFolder } from '@ralph/protocol/testing/temporary-folder';
import { ownRecord, readRecord } from '../src/lock-record.ts';
import { overwriteRecord, serialise } from '../src/record-layout.ts';

const LINE = 64;

function recordOf(pid: number, state: 'held' | 'released', prompt = 'make release'): LockRecord {
  return { ...ownRecord({ token: '0123abcd', prompt: prompt }), pid, state, token: pid.toString(16).padStart(8, '0') };
}

function differingLines(one: Buffer, other: Buffer): number[] {
  const lines = new Set<number>();
  for (let at = 0; at < Math.max(one.length, other.length); at += 1) {
    if (one[at] !== other[at]) lines.add(Math.floor(at / LINE));
  }
  return [...lines];
}

describe('the layout of a record', () => {
  it('is JSON with the keys of ralph-core in front', () => {
    const record = ownRecord({ token: '0123abcd', prompt: 'p' });
    const text = serialise(record).toString('utf8');
    expect(JSON.parse(text)).toEqual(record);
    expect(text).toMatch(/^\{"pid":\d+,"started":"[^"]+" *,\n/);
  });

  it('differs in one line when the lock is released, and in two when the next one takes it', () => {
    const held = recordOf(411, 'held');
    expect(differingLines(serialise(held), serialise({ ...held, state: 'released' }))).toEqual([1]);
    const next = { ...recordOf(4194303, 'held'), started: '2031-01-02T03:04:05.678Z', start_time: '9876543210' };
    expect(differingLines(serialise({ ...held, state: 'released' }), serialise(next))).toEqual([0, 1]);
  });

  it('gives whole JSON however a reading falls between the lines of two records', () => {
    fc.assert(
      fc.property(fc.nat(4194303), fc.nat(4194303), fc.constantFrom(1, 2), (pid, other, cut) => {
        const [old, young] = [serialise(recordOf(pid, 'released')), serialise(recordOf(other, 'held'))];
        const mixed = Buffer.concat([young.subarray(0, cut * LINE), old.subarray(cut * LINE)]);
        expect(JSON.parse(mixed.toString('utf8'))).toMatchObject({ pid: other });
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ['a longer one', 'a much longer prompt than before, which needs more lines than the other had by far'],
    ['a shorter one', 'x'],
    ['one with quotes, line ends and other scripts', '"a\\b"\n\u0000 ☃ 🦀'],
  ])('is written in place over another record: %s', (_, prompt) => {
    const path = join(temporaryFolder(), 'x.lock');
    writeFileSync(
      path,
      serialise(ownRecord({ token: '0123abcd', prompt: 'a prompt of a middle length, as they come' })),
    );
    const fd = openSync(path, 'r+');
    overwriteRecord(fd, ownRecord({ token: '0123abcd', prompt: prompt }));
    closeSync(fd);
    expect(readRecord(path)).toMatchObject({ prompt });
    expect(readFileSync(path, 'utf8')).toMatch(/\}\n$/);
  });

  it.each(['', 'garbage', 'x'.repeat(1_000_000), 'x'.repeat(5_000_000)])(
    'is written over what was no record (%.9s)',
    (before) => {
      const path = join(temporaryFolder(), 'x.lock');
      writeFileSync(path, before);
      const fd = openSync(path, 'r+');
      overwriteRecord(fd, ownRecord({ token: '0123abcd', prompt: 'p' }));
      closeSync(fd);
      expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ prompt: 'p' });
    },
  );
});
