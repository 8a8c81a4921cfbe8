import { expect, it } from 'vitest';
import { inexactNumber, mayBeInexact } from '../src/store/exact-numbers.ts';

it.each([
  '12345678901234567890',
  '9007199254740993',
  '1e400',
  '-1e999',
  '0.12345678901234567891',
  '1.0000000000000000001e5',
])('finds %s, which would not survive', async (literal) => {
  const text = `{"a":[1, 2.5, {"b":${literal}}]}`;
  expect(mayBeInexact(JSON.parse(text))).toBe(true);
  expect(await inexactNumber(text)).toEqual({ literal, offset: text.indexOf(literal) });
});

it.each(['0', '-1', '1.50', '1e3', '1e300', '9007199254740992', '123456789012345', '1760000000000000'])(
  'lets %s pass, which is the same number afterwards',
  async (literal) => {
    expect(await inexactNumber(`{"a":${literal},"b":"12345678901234567890"}`)).toBeUndefined();
  },
);
