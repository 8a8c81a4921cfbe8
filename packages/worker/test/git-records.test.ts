import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RecordSieve, type SoughtRecords } from '../src/workspace/git-records.ts';

function sieved(sought: SoughtRecords, pieces: readonly Buffer[]): string[] {
  const found: string[] = [];
  const sieve = new RecordSieve(sought, (record) => found.push(record));
  for (const piece of pieces) sieve.take(piece);
  sieve.end();
  return found;
}

/** Cuts bytes into pieces of the lengths given, again and again. */
function cut(bytes: Buffer, lengths: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += lengths[(pieces.length - 1) % lengths.length] ?? 1)
    pieces.push(bytes.subarray(at, at + (lengths[pieces.length % lengths.length] ?? 1)));
  return pieces;
}

const name = fc.stringMatching(/^[HhSs? aü€\n]{0,6}$/);
const entry = fc.tuple(fc.constantFrom('H ', 'H', 'h ', 'S ', 'M ', '? ', ''), name).map((parts) => parts.join(''));
const lengths = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 });

it('finds the records that begin otherwise, wherever the pieces are cut', () => {
  fc.assert(
    fc.property(fc.array(entry), lengths, fc.boolean(), (entries, steps, isEnded) => {
      const bytes = Buffer.from(`${entries.join('\0')}${isEnded ? '\0' : ''}`);
      const others = entries.filter((one) => one !== '' && !one.startsWith('H '));
      expect(sieved({ separator: '\0', begins: '(?!H )' }, cut(bytes, steps))).toEqual(others);
    }),
  );
});

it('finds the lines that begin so, and takes no other part of a line for one', () => {
  const text = Buffer.from('160000 a 0\tone\n100644 b 0\t160000 c\n\n160000 d 0\tlast');
  expect(sieved({ separator: '\n', begins: '160000 ' }, cut(text, [5]))).toEqual([
    '160000 a 0\tone',
    '160000 d 0\tlast',
  ]);
});
