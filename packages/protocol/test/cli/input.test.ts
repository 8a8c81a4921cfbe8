import { PassThrough, Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { Input, LINE_LIMIT_BYTES, LINE_LIMIT_VALUES, type InputLine } from '../../src/cli/input.ts';
import { isFailure } from '../../src/contract/failure.ts';

interface Reading {
  readonly lines: InputLine[];
  readonly failure: string | undefined;
  readonly leashEnded: boolean;
}

async function read(chunks: readonly (string | Buffer)[], signal = new AbortController().signal): Promise<Reading> {
  let leashEnded = false;
  const input = new Input({
    stream: Readable.from(
      chunks.map((chunk) => Buffer.from(chunk)),
      { objectMode: false },
    ),
    signal,
    onLeashEnd: () => (leashEnded = true),
  });
  const lines: InputLine[] = [];
  try {
    for await (const line of input.lines()) lines.push(line);
    return { lines, failure: undefined, leashEnded };
  } catch (error) {
    if (!isFailure(error)) throw error;
    return { lines, failure: `${error.code}: ${error.message}`, leashEnded };
  }
}

describe('Input', () => {
  it('yields each line with its number and as it came, empty lines counted but passed over', async () => {
    const { lines } = await read(['{"a":1}\n\n  \n{ "b" : 2 }\r\n{"c":3}']);
    expect(lines).toEqual([
      { number: 1, text: '{"a":1}', record: { a: 1 } },
      { number: 4, text: '{ "b" : 2 }', record: { b: 2 } },
      { number: 5, text: '{"c":3}', record: { c: 3 } },
    ]);
  });

  it('puts lines together that come in pieces, through the middle of a character too', async () => {
    const bytes = Buffer.from('{"name":"größe €"}\n{"x":1}\n');
    const pieces = Array.from(bytes, (_, index) => bytes.subarray(index, index + 1));
    expect((await read(pieces)).lines.map((line) => line.record)).toEqual([{ name: 'größe €' }, { x: 1 }]);
  });

  it.each([
    ['{"a":1}\n{torn\n{"b":2}\n', 'bad_line: line 2 of stdin: not valid JSON: "{torn"'],
    ['{"a":1}\n\n[1]\n', 'bad_line: line 3 of stdin: not a JSON object'],
    ['{"a":1}\nnull\n', 'bad_line: line 2 of stdin: not a JSON object'],
    ['{"a":1}\n"text"', 'bad_line: line 2 of stdin: not a JSON object'],
  ])('stops at the malformed line in %j and names it', async (text, failure) => {
    const reading = await read([text]);
    expect(reading.lines).toHaveLength(1);
    expect(reading.failure).toBe(failure);
  });

  it('refuses bytes that are not UTF-8', async () => {
    const { failure } = await read([Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d, 0x0a])]);
    expect(failure).toBe('bad_line: line 1 of stdin: not valid UTF-8');
  });

  it('takes a line of 16 MiB and refuses a longer one', async () => {
    const filler = 'x'.repeat(LINE_LIMIT_BYTES - 8);
    expect((await read([`{"a":"${filler}"}\n`])).lines).toHaveLength(1);
    const tooLong = `line_too_long: line 2 of stdin is longer than ${LINE_LIMIT_BYTES} bytes`;
    expect((await read([`{"a":1}\n{"a":"${filler}x"}\n`])).failure).toBe(tooLong);
  });

  it.each([
    ['nested without end', '{"a":'.repeat(1_000_000), 'nested deeper than 200'],
    ['nested deep, and closed', `{"a":${'['.repeat(300)}${']'.repeat(300)}}`, 'nested deeper than 200'],
    ['of nothing but values', `{"a":[${'{},'.repeat(2_000_000)}{}]}`, `more than ${LINE_LIMIT_VALUES} values`],
  ])('refuses a line that is %s before it becomes objects', async (_title, line, problem) => {
    expect((await read([`{"a":1}\n${line}\n`])).failure).toBe(`bad_line: line 2 of stdin: ${problem}`);
  });

  it('refuses a line that never ends as soon as it is too long', async () => {
    const stream = new PassThrough();
    const lines = new Input({ stream, signal: new AbortController().signal }).lines();
    stream.write(Buffer.alloc(LINE_LIMIT_BYTES + 1, 'x'));
    await expect(lines.next()).rejects.toMatchObject({ code: 'line_too_long', parts: { details: { line: 1 } } });
    expect(stream.destroyed).toBe(true);
  });

  it('ends at an end line, reads nothing behind it, and then the leash is not torn', async () => {
    expect(await read(['{"a":1}\n{"type":"end"}\n{torn\n'])).toMatchObject({
      lines: [{ number: 1 }],
      failure: undefined,
      leashEnded: false,
    });
  });

  it('tells that the leash is torn when the stream ends without an end line', async () => {
    expect((await read(['{"a":1}\n'])).leashEnded).toBe(true);
  });

  it('ends quietly on abort, and that is not the end of the leash', async () => {
    const controller = new AbortController();
    const stream = new PassThrough();
    let leashEnded = false;
    const input = new Input({ stream, signal: controller.signal, onLeashEnd: () => (leashEnded = true) });
    const seen: number[] = [];
    stream.write('{"a":1}\n');
    for await (const line of input.lines()) {
      seen.push(line.number);
      controller.abort();
    }
    expect({ seen, leashEnded, destroyed: stream.destroyed }).toEqual({
      seen: [1],
      leashEnded: false,
      destroyed: true,
    });
  });

  it('yields nothing when it was aborted before', async () => {
    expect(await read(['{"a":1}\n'], AbortSignal.abort())).toMatchObject({
      lines: [],
      failure: undefined,
      leashEnded: false,
    });
  });

  it('reads no faster than its lines are taken', async () => {
    const stream = new PassThrough({ highWaterMark: 1024 });
    const input = new Input({ stream, signal: new AbortController().signal });
    const lines = input.lines();
    const line = `${JSON.stringify({ filler: 'x'.repeat(1000) })}\n`;
    stream.write(line);
    await lines.next();
    let accepted = 0;
    while (accepted < 100 && stream.write(line)) accepted += 1;
    expect(accepted).toBeLessThan(10);
    await lines.return(undefined);
  });
});
