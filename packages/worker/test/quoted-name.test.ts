import { describe, expect, it } from 'vitest';
import { bytesOfName } from '../src/work/quoted-name.ts';

describe('bytesOfName', () => {
  it('returns a plain name as it is', () => {
    expect(bytesOfName('src/a b.txt')).toEqual(Buffer.from('src/a b.txt'));
  });

  it('returns what escapes stand for, byte for byte', () => {
    const printed = String.raw`"n\377/\"q\"\\\t\n\303\251"`;
    expect(bytesOfName(printed).toString('latin1')).toBe('n\u00ff/"q"\\\t\n\u00c3\u00a9');
  });
});
