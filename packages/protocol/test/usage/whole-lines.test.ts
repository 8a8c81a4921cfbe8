import { describe, expect, it } from 'vitest';
import { LINE_LIMIT, WholeLines } from '../../src/usage/whole-lines.ts';

function linesOf(...pieces: readonly (string | Buffer)[]): string[] {
  const seen: string[] = [];
  const lines = new WholeLines({ take: (some) => seen.push(some.toString()), miss: () => seen.push('(missing)') });
  for (const piece of pieces) lines.push(Buffer.from(piece));
  lines.end();
  return seen;
}

describe('WholeLines', () => {
  it('gives out nothing but whole lines, and the rest at the end', () => {
    expect(linesOf('a\nb', 'c\nd\n', 'e', 'f')).toEqual(['a\n', 'bc\n', 'd\n', 'ef']);
    expect(linesOf('a', '\n')).toEqual(['a\n']);
  });

  it('holds nothing of a line that is too long, and goes on behind it', () => {
    const half = Buffer.alloc(LINE_LIMIT / 2 + 1, 'x');
    expect(linesOf(half, half, half, 'y\nnext\n')).toEqual(['(missing)', 'next\n']);
  });
});
