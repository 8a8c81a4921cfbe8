import { expect, it } from 'vitest';
import { timeOf } from '../../src/contract/zoned-time.ts';

it.each([
  ['2026-06-01T12:00:00Z', Date.UTC(2026, 5, 1, 12)],
  ['2026-06-01T12:00:00.123456789+02:00', Date.UTC(2026, 5, 1, 10, 0, 0, 123)],
  ['2026-06-01T12:00:00', Number.NaN],
  ['2026-06-01', Number.NaN],
  ['1 June 2026', Number.NaN],
  [null, Number.NaN],
  [undefined, Number.NaN],
])('reads %j as %d, wherever it runs', (text, time) => {
  expect(timeOf(text)).toBe(time);
});
