import { describe, expect, it } from 'vitest';
import { chanceOf, testSeed } from '../../src/testing/chance.ts';
import type { Usage } from '../../src/contract/usage.ts';
import { addUsage } from '../../src/usage/add-usage.ts';
import { UsageTally } from '../../src/usage/usage-tally.ts';

function tallyOf(...pieces: readonly (string | Buffer)[]): Usage | undefined {
  const tally = new UsageTally();
  for (const piece of pieces) tally.push(Buffer.from(piece));
  return tally.end();
}

const line = (value: unknown) => `${JSON.stringify(value)}\n`;
const result = (session_id: string | undefined, cost: number, input_tokens: number) =>
  line({
    type: 'result',
    ...(session_id === undefined ? {} : { session_id }),
    total_cost_usd: cost,
    usage: { input_tokens },
  });
const init = (session_id: string) => line({ type: 'system', subtype: 'init', session_id });
const turn = (input_tokens: number, output_tokens: number) =>
  line({ type: 'turn.completed', usage: { input_tokens, cached_input_tokens: 0, output_tokens } });
const thread = (thread_id: string) => line({ type: 'thread.started', thread_id });
const GEMINI = {
  session_id: 'g',
  response: 'tokens {\n}',
  stats: { models: { pro: { tokens: { prompt: 9, candidates: 2, cached: 4, thoughts: 1 } } } },
};
const FROM_GEMINI = { input_tokens: 5, output_tokens: 3, cache_read_tokens: 4, model: 'pro' };
const HEADER = 'OpenAI Codex v0.99.0 (research preview)\n--------\nmodel: gpt-5\n--------\nuser\nDo it\n';

describe('UsageTally', () => {
  it('finds the sum among all else that an agent prints, the messages of which it is made not counted', () => {
    const message = line({ type: 'assistant', message: { usage: { input_tokens: 3, output_tokens: 1 } } });
    expect(tallyOf('warning: x\n', init('a'), message, message, result('a', 0.25, 6), 'bye\n')).toEqual({
      input_tokens: 6,
      cost_usd: 0.25,
    });
    expect(tallyOf('no agent says anything here\n{"type":"assistant"}\n')).toBeUndefined();
    expect(tallyOf()).toBeUndefined();
  });

  it('adds sessions, and takes what a session says again for a new state of its sum', () => {
    expect(tallyOf(result('a', 0.1, 1), result('b', 0.2, 2))).toEqual({ input_tokens: 3, cost_usd: 0.3 });
    expect(tallyOf(result(undefined, 0.1, 1), result(undefined, 0.1, 1))).toEqual({ input_tokens: 2, cost_usd: 0.2 });
    expect(tallyOf(init('a'), result('a', 0.1, 1), init('a'), result('a', 0.3, 4))).toEqual({
      input_tokens: 4,
      cost_usd: 0.3,
    });
    // Its process began anew.
    expect(tallyOf(init('a'), result('a', 0.3, 4), init('a'), result('a', 0.1, 1))).toEqual({
      input_tokens: 5,
      cost_usd: 0.4,
    });
    // Without a stream each result is that of a process of its own, unless it was printed twice.
    expect(tallyOf(result('a', 0.1, 1), result('a', 0.3, 4))).toEqual({ input_tokens: 5, cost_usd: 0.4 });
    expect(tallyOf(result('a', 0.1, 1), result('a', 0.1, 1))).toEqual({ input_tokens: 1, cost_usd: 0.1 });
  });

  it('takes the last total of each thread of Codex', () => {
    const turns = [thread('a'), turn(10, 1), turn(30, 4), thread('b'), turn(5, 5)];
    expect(tallyOf(...turns)).toEqual({ input_tokens: 35, output_tokens: 9, cache_read_tokens: 0 });
    expect(tallyOf(turn(10, 1), turn(30, 4))).toEqual({ input_tokens: 40, output_tokens: 5, cache_read_tokens: 0 });
  });

  it('adds each line of our own form, and keeps the model that all of them name', () => {
    const own = (fields: object) => line({ type: 'ralph.usage', ...fields });
    expect(tallyOf(own({ cost_usd: 0.1, model: 'm' }), own({ cost_usd: 0.2, output_tokens: 7, model: 'm' }))).toEqual({
      cost_usd: 0.3,
      output_tokens: 7,
      model: 'm',
    });
    expect(tallyOf(own({ cost_usd: 1, model: 'm' }), own({ cost_usd: 1, model: 'n' }))).toEqual({ cost_usd: 2 });
  });

  it('rounds a cost once, where it is said, so that each sum of it holds', () => {
    const costs = [0.0412345678, 0.0000004, 0.0000004, 1.2345675, 0.0412345678];
    const said = costs.map((cost_usd) => line({ type: 'ralph.usage', cost_usd }));
    const each = said.map((one) => tallyOf(one));
    expect(each.map((usage) => usage?.cost_usd)).toEqual([0.041235, 0, 0, 1.234568, 0.041235]);
    const sum = { cost_usd: 1.317038 };
    expect(tallyOf(...said)).toEqual(sum);
    expect(tallyOf(...said.toReversed())).toEqual(sum);
    expect(each.reduce(addUsage, undefined)).toEqual(sum);
  });

  it('reads an object over several lines, also behind source code, and one without a newline at its end', () => {
    expect(tallyOf(JSON.stringify(GEMINI, null, 2))).toEqual(FROM_GEMINI);
    expect(tallyOf(JSON.stringify(GEMINI))).toEqual(FROM_GEMINI);
    expect(tallyOf(JSON.stringify(GEMINI, null, '\t').replaceAll('\n', '\r\n'), '\r\n')).toEqual(FROM_GEMINI);
    const code = 'int main()\n{\n  "tokens";\n}\n{\n  "open": 1,\n';
    expect(tallyOf(code, JSON.stringify(GEMINI, null, 2), '\nafterwards\n')).toEqual(FROM_GEMINI);
    expect(tallyOf(JSON.stringify(GEMINI, null, 2).slice(0, -1))).toBeUndefined();
    for (const own of [
      { type: 'ralph.usage', cost_usd: 1.5 },
      { cost_usd: 1.5, type: 'ralph.usage' },
    ])
      for (const space of [2, 4, '\t']) expect(tallyOf(JSON.stringify(own, null, space))).toEqual({ cost_usd: 1.5 });
  });

  it('believes "tokens used" only where Codex has said that it is there', () => {
    expect(tallyOf('tokens used\n1,234\n')).toBeUndefined();
    expect(tallyOf(HEADER, 'codex\nI saw tokens used\n99\ntokens used\n1,234\nDone.\n')).toEqual({
      unsplit_tokens: 1234,
    });
    expect(tallyOf(HEADER, 'tokens used\n10\n', HEADER, 'tokens used\n20\n')).toEqual({ unsplit_tokens: 30 });
    const old = '[2025-08-20T12:00:00] ';
    expect(tallyOf(`${old}OpenAI Codex v0.20.0\n${old}tokens used: 500\n${old}tokens used: 1.500\n`)).toEqual({
      unsplit_tokens: 1500,
    });
    expect(tallyOf(HEADER, 'tokens used\nmany\ntokens used: -5\ntokens used by all\n7\n')).toBeUndefined();
  });

  it('is not kept from it by a line without an end, broken JSON or bytes that are no text', () => {
    const long = Buffer.alloc(3 * 2 ** 20, 'x');
    const cut = result('a', 1, 1).slice(0, -9);
    const huge = line({ type: 'result', result: 'y'.repeat(2 ** 20), total_cost_usd: 5 });
    expect(
      tallyOf('{"type":"result"', long, long, '}\n', `${cut}\n`, huge, Buffer.of(0, 255, 10), result('b', 2, 2)),
    ).toEqual({
      input_tokens: 2,
      cost_usd: 2,
    });
    expect(tallyOf(`${'{"a":['.repeat(50_000)}\n`, `{"token":${'['.repeat(200_000)}\n`)).toBeUndefined();
  });

  it('does not join what stands on both sides of a gap', () => {
    const [head, tail] = [result('a', 1, 1).slice(0, 20), result('a', 1, 1).slice(20)];
    const tally = new UsageTally();
    tally.push(Buffer.from(head));
    tally.gap();
    tally.push(Buffer.from(`${tail}${result('b', 2, 2)}`));
    expect(tally.end()).toEqual({ input_tokens: 2, cost_usd: 2 });
  });

  it('does not grow with the sessions that are told, nor past what a number can hold', () => {
    const many = Array.from({ length: 1000 }, (_, number) => init(`${number}`) + result(`${number}`, 0, 1e15));
    expect(tallyOf(...many)).toEqual({ input_tokens: Number.MAX_SAFE_INTEGER, cost_usd: 0 });
    const few = Array.from({ length: 1000 }, (_, number) => init(`${number}`) + result(`${number}`, 0.001, 2));
    expect(tallyOf(...few)).toEqual({ input_tokens: 2000, cost_usd: 1 });
  });

  it('leaves out what a session of Codex has used before it went on, which it tells again', () => {
    const first = new UsageTally();
    first.push(Buffer.from(thread('t') + turn(100, 10)));
    expect(first.end()).toEqual(first.toldAgain('t'));
    const before = { session: 't', usage: { input_tokens: 100, output_tokens: 10 } };
    const goneOn = (text: string) => {
      const tally = new UsageTally(() => {}, before);
      tally.push(Buffer.from(text));
      return tally.end();
    };
    expect(goneOn(thread('t') + turn(250, 30))).toMatchObject({ input_tokens: 150, output_tokens: 20 });
    expect(goneOn(thread('t') + turn(40, 3))).toMatchObject({ input_tokens: 40, output_tokens: 3 });
    expect(goneOn(thread('other') + turn(40, 3))).toMatchObject({ input_tokens: 40, output_tokens: 3 });
    expect(goneOn(result('c', 0.5, 10))).toMatchObject({ cost_usd: 0.5 });
    expect(goneOn(thread('t'))).toBeUndefined();
  });

  it('comes to the same however the output is cut into pieces', () => {
    const seed = testSeed();
    const chance = chanceOf(seed);
    const below = (most: number) => Math.floor(chance() * most);
    const pieces = [
      'plain text about tokens used\n',
      '\n',
      '{\n',
      '}\n',
      '[{"a":1}]\n',
      '{"broken":token\n',
      init('a'),
      result('a', 0.5, 10),
      result('b', 0.25, 3),
      thread('t'),
      turn(100, 10),
      `${JSON.stringify(GEMINI, null, 2)}\n`,
      HEADER,
      'tokens used\n1,234\n',
      'tokens used\n',
      '77\n',
      line([{ type: 'system' }, { type: 'result', session_id: 'c', total_cost_usd: 1 }]),
      'no newline here',
    ];
    for (let round = 0; round < 300; round += 1) {
      const parts = Array.from({ length: 1 + below(20) }, () => pieces[below(pieces.length)] ?? '');
      const whole = Buffer.from(parts.join(''));
      const cut: Buffer[] = [];
      for (let at = 0; at < whole.length;) {
        const end = at + 1 + below(round % 3 === 0 ? 3 : 200);
        cut.push(whole.subarray(at, end));
        at = end;
      }
      expect(tallyOf(...cut), `seed ${seed}, round ${round}`).toEqual(tallyOf(whole));
    }
  });
});
