import { execFileSync } from 'node:child_process';
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isFailure } from '../../src/contract/failure.ts';
import { parseJsonc, readTextIfPresent } from '../../src/process/read-jsonc.ts';
import { temporaryFolder } from '../../src/testing/temporary-folder.ts';

function parse(text: string): Promise<unknown> {
  return parseJsonc(text, '/q.jsonc', 'queue_corrupt');
}

async function refusal(text: string): Promise<string> {
  const error: unknown = await parse(text).then(
    (value) => value,
    (thrown: unknown) => thrown,
  );
  return isFailure(error) ? `${error.code}: ${error.message}` : `was not refused: ${String(error)}`;
}

describe('parseJsonc', () => {
  it('takes comments, trailing commas and a byte order mark', async () => {
    expect(await parse('\uFEFF// first\n{"a": [1, 2,], /* b */ "b": "// not a comment",}\n')).toEqual({
      a: [1, 2],
      b: '// not a comment',
    });
  });

  it.each([
    ['{"a": 1', '/q.jsonc:1:8: cannot be read: CloseBraceExpected'],
    ['{\n  "a": 1\n  "b": 2\n}', '/q.jsonc:3:3: cannot be read: CommaExpected'],
    ['{"a": tru}', '/q.jsonc:1:7: cannot be read: InvalidSymbol'],
    ['', '/q.jsonc:1:1: cannot be read: ValueExpected'],
    ['{} {}', '/q.jsonc:1:4: cannot be read: EndOfFileExpected'],
    ['\uFEFF\n  x', '/q.jsonc:2:3: cannot be read: InvalidSymbol'],
  ])('refuses %j and names line and column', async (text, message) => {
    expect(await refusal(text)).toBe(`queue_corrupt: ${message}`);
  });

  it('refuses a key that would change the prototype of what is read', async () => {
    expect(await refusal('{"a": {"__proto__": {"admin": true}}}')).toBe(
      'queue_corrupt: /q.jsonc:1:8: cannot be read: a key named __proto__',
    );
  });

  it('refuses to go deeper than any file of ours, without running out of stack', async () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect(await parse(nested(200))).toBeInstanceOf(Array);
    expect(await refusal(nested(201))).toBe('queue_corrupt: /q.jsonc:1:201: cannot be read: nested deeper than 200');
    expect(await refusal(nested(200_000))).toContain('nested deeper than 200');
  });
});

describe('parseJsonc and readTextIfPresent', () => {
  it('refuse a text of more values than memory is to be had for', async () => {
    expect(await refusal(`[${'1,'.repeat(2_000_000)}1]`)).toMatch(
      /:4000000: cannot be read: more than 2000000 values$/,
    );
  });

  it('refuse a file that is larger than any of ours, and one that is a pipe', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'large'), '');
    truncateSync(join(folder, 'large'), 97 * 1024 * 1024);
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    expect(() => readTextIfPresent(join(folder, 'large'))).toThrow(/is larger than the 96 MiB that are read$/);
    expect(() => readTextIfPresent(join(folder, 'pipe'))).toThrow(/it is a pipe/);
  });
});
