import { describe, expect, it } from 'vitest';
import { happened } from '../src/train/happened.ts';
import { EMPTY_LINE, type Line } from '../src/train/line.ts';

/** A line of so many, all of them being judged, which the oldest of all has left to be mended. */
function lineOf(length: number, overtaken: number): Line {
  let line: Line = { ...EMPTY_LINE, away: { back: { number: 0, overtaken } } };
  for (let number = 1; number <= length; number += 1)
    line = happened(line, { kind: 'arrived', id: `T-${number}`, number });
  return { ...line, places: line.places.map((place) => ({ ...place, work: 'judging' as const })) };
}

/** At which place of the line it comes back. */
function placeOf(length: number, overtaken: number): number {
  const line = happened(lineOf(length, overtaken), { kind: 'arrived', id: 'back', number: 99 });
  return line.places.findIndex(({ id }) => id === 'back');
}

describe('a candidate that comes back', () => {
  it('goes behind what is being judged', () => {
    expect(placeOf(3, 7)).toBe(3);
  });

  it('goes in front of all once eight younger ones have landed', () => {
    expect(placeOf(3, 8)).toBe(0);
  });

  it('waits for more of them where the line is long, but not for ever', () => {
    expect([8, 79, 80].map((overtaken) => placeOf(40, overtaken))).toEqual([40, 40, 0]);
  });
});
