import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '@ralph/protocol/testing/temporary-folder';
import { lastLine, logTail, wholeCharacters } from '../src/gate/log-tail.ts';

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
