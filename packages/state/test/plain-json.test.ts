import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainJson } from '../src/store/plain-json.ts';

describe('plainJson', () => {
  it('reads what JSON.stringify writes, in either layout', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.constantFrom(undefined, 2), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        if (text.includes('__proto__') || /\\u[dD]/.test(text)) return;
        expect(plainJson(text)).toEqual({ value: JSON.parse(text) });
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['a key twice', '{"a":1,"a":1}'],
    ['a key twice, written in two ways', String.raw`{"a":1,"\u0061":2}`],
    ['a key twice far down', '[{"x":[{"a":{"b":1 , "b"\n:2}}]}]'],
    ['an escaped quote before it', String.raw`{"a\"":1,"a\"":2}`],
    ['half a surrogate pair', String.raw`{"a":"\ud83d"}`],
    ['a key that reaches into objects', '{"__proto__":{"a":1}}'],
    ['a comment', '{/* */"a":1}'],
    ['nothing', ''],
    ['nested too deep', `${'['.repeat(201)}${']'.repeat(201)}`],
    ['nested far too deep', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
  ])('leaves to the slow reader: %s', (_title, text) => {
    expect(plainJson(text)).toBeUndefined();
  });

  it.each([
    ['colons and quotes within strings', String.raw`{"a":"\":","b\\":"\\","c:":["x:", "\"", ":"]}`],
    ['nested as deep as may be', `${'['.repeat(200)}${']'.repeat(200)}`],
    ['the same key in two objects', '[{"a":1},{"a":2}]'],
    ['no object at all', ' "a" '],
  ])('reads %s', (_title, text) => {
    expect(plainJson(text)).toEqual({ value: JSON.parse(text) });
  });
});
