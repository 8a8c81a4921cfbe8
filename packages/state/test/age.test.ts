import { expect, it } from 'vitest';
import { ageOf } from '../src/records/age.ts';

it.each([
  ['2026-06-01T00:00:00Z', '0s'],
  ['2026-05-31T23:59:01Z', '59s'],
  ['2026-05-31T23:58:00Z', '2m'],
  ['2026-05-31T01:00:00Z', '23h'],
  ['2026-05-29T00:00:00Z', '3d'],
  ['2026-06-02T00:00:00Z', '0s'],
  ['', ''],
])('%s was %j ago', (time, age) => {
  expect(ageOf(time, new Date('2026-06-01T00:00:00Z'))).toBe(age);
});
