import fc from 'fast-check';
import * as z from 'zod';
import { describe, expect, it } from 'vitest';
import { firstIssue } from '../../src/contract/first-issue.ts';
import { DEEPEST, heavyJson, lightJson } from '../../src/contract/light-json.ts';
import { task } from '../../src/contract/task.ts';

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

describe('heavyJson', () => {
  it('takes what is nested as deep as may be, and refuses one level more, closed or not', () => {
    expect(heavyJson(nested(DEEPEST))).toBeUndefined();
    expect(heavyJson(nested(DEEPEST + 1))).toBe('nested deeper than 200');
    expect(heavyJson('{"a":'.repeat(100_000))).toBe('nested deeper than 200');
  });

  it('counts values, and not what stands within texts', () => {
    const text = JSON.stringify({ a: `${'[{,"\\'.repeat(5000)}\\` });
    expect(heavyJson(text, 10)).toBeUndefined();
    expect(heavyJson(JSON.stringify(Array.from({ length: 1000 }, () => 1)), 1000)).toBe('more than 1000 values');
  });

  it('takes every JSON value that is neither', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), (value) => {
        const text = JSON.stringify(value);
        expect(lightJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });
});

describe('firstIssue', () => {
  it('stops at the first misfit of a list, wherever the list is', () => {
    const tags = Array.from({ length: 100_000 }, () => 1);
    const parsed = firstIssue(z.object({ tasks: z.array(task) }), { tasks: [{ id: 'A', title: 'a', tags }] });
    expect(parsed.error?.issues.map(({ path }) => path)).toEqual([['tasks', 0, 'tags', 0]]);
  });
});
