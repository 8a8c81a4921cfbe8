import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '@ralph/protocol/testing/temporary-folder';
import { lastLine, LONG_TAIL_BYTES, logTail, wholeCharacters } from '../src/gate/log-tail.ts';

const asIs = (text: string) => text;

describe('logTail', () => {
  it('is the whole of a short log', () => {
    const path = join(temporaryFolder(), 'log');
    writeFileSync(path, 'grün\n');
    expect(logTail(path, asIs)).toBe('grün\n');
  });

  it('is at most 4 KiB and begins with a whole character', () => {
    const path = join(temporaryFolder(), 'log');
    writeFileSync(path, `${'ö'.repeat(5000)}!`);
    const tail = logTail(path, asIs);
    expect(Buffer.byteLength(tail)).toBe(4095);
    expect(tail).toBe(`${'ö'.repeat(2047)}!`);
  });

  it('is shown without secrets, also with one that its beginning cuts', () => {
    const path = join(temporaryFolder(), 'log');
    const redact = (text: string) => text.replaceAll(/secret-\d+/g, '*');
    writeFileSync(path, `secret-1\n${'secret-22\n'.repeat(2000)}end`);
    expect(logTail(path, redact)).toBe(`${'*\n'.repeat(818)}end`);
    writeFileSync(path, `secret-${'7'.repeat(3000)} ${'secret-1 '.repeat(700)}end`);
    expect(logTail(path, redact)).not.toContain('7');
  });

  it('is as long as asked for, in bytes', () => {
    const path = join(temporaryFolder(), 'log');
    writeFileSync(path, `${'😀'.repeat(50_000)}!`);
    const tail = logTail(path, asIs, LONG_TAIL_BYTES);
    expect(Buffer.byteLength(tail)).toBe(65_533);
    expect(tail.startsWith('😀')).toBe(true);
    expect(tail.endsWith('😀!')).toBe(true);
  });

  it('goes on in the older part of a log that was begun anew', () => {
    const path = join(temporaryFolder(), 'log');
    writeFileSync(`${path}.1`, `${'x'.repeat(9000)}\nlast of the older\n`);
    writeFileSync(path, 'first of the new\n');
    expect(logTail(path, asIs)).toBe('last of the older\nfirst of the new\n');
    writeFileSync(path, 'y'.repeat(9000));
    expect(logTail(path, asIs)).toBe('y'.repeat(4096));
  });
});

describe('wholeCharacters', () => {
  it.each([0, 1, 2, 3])('cuts a character of four bytes at byte %i', (start) => {
    const bytes = Buffer.from('😀x').subarray(start);
    expect(wholeCharacters(bytes, start > 0)).toBe(start === 0 ? '😀x' : 'x');
  });
});

describe('lastLine', () => {
  it('passes over empty lines at the end', () => {
    expect(lastLine('one\n two \n\n')).toBe('two');
    expect(lastLine('')).toBe('');
  });
});
