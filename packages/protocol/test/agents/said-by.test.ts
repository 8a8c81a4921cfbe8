import { describe, expect, it } from 'vitest';
import { Doings } from '../../src/agents/doings.ts';
import { UsageTally } from '../../src/usage/usage-tally.ts';
import { LIMITED, REFUSED } from './recorded-trouble.ts';
import { RECORDED } from './recorded.ts';

/** Reads output as the programs do. */
function read(output: string) {
  const doings = new Doings();
  const tally = new UsageTally((value) => doings.take(value));
  tally.push(Buffer.from(output));
  const usage = tally.end();
  return { doings, usage };
}

const lines = (all: readonly string[]) => all.map((line) => `${line}\n`).join('');

const FIGURES = { input_tokens: 1800, output_tokens: 40, cache_read_tokens: 200 };

describe('what an agent does, as its output tells it', () => {
  it.each([
    ['claude', '737309dc', { ...FIGURES, cache_write_tokens: 0, cost_usd: 0.00606, model: 'claude-sonnet-4-5' }],
    ['codex', '01a207b6', { ...FIGURES, cache_write_tokens: 0 }],
    ['gemini', '7dbebe94', { ...FIGURES, model: 'gemini-2.5-pro' }],
    ['opencode', 'ses_df84', { ...FIGURES, cache_write_tokens: 0, cost_usd: 0 }],
    ['pi', '01a207b5', { ...FIGURES, cache_write_tokens: 0, cost_usd: 0.0008, model: 'm' }],
    ['kimi', 'session_eada', undefined],
    ['cursor', 'c6b62c6f', undefined],
  ] as const)('%s: its session, its tools and edits, its words and its figures', (name, session, figures) => {
    const { doings, usage } = read(lines(RECORDED[name]));
    expect({ session: doings.session, counts: doings.counts, text: doings.text, usage }).toEqual({
      session,
      counts: { tools: 1, edits: 1 },
      text: 'It is done.',
      usage: figures,
    });
    expect([doings.lastTexts, doings.isBroken]).toEqual([['It is done.'], false]);
  });

  it.each([
    ['claude', 'npm test', '/work/one.txt'],
    ['codex', "/bin/bash -lc 'npm test'", '/work/one.txt'],
    ['gemini', 'npm test', 'one.txt'],
    ['opencode', 'npm test', '/work/one.txt'],
    ['pi', 'npm test', 'one.txt'],
    ['kimi', 'npm test', 'one.txt'],
    ['cursor', 'npm test', 'one.txt'],
  ] as const)('%s: what it runs and edits at the moment', (name, command, file) => {
    const seen = new Set<string>();
    const doings = new Doings();
    const tally = new UsageTally((value) => {
      doings.take(value);
      const { last } = doings;
      seen.add(`${last?.kind} ${last?.text}`);
    });
    tally.push(Buffer.from(lines(RECORDED[name])));
    expect([...seen]).toEqual(expect.arrayContaining([`tool ${command}`, `edit ${file}`, 'text It is done.']));
  });
});

describe('what an agent says of a provider that refuses it', () => {
  it.each([
    ['claude', 'rate_limit (status 429), to retry in 5 s'],
    ['codex', 'Reconnecting... 1/5 (exceeded retry limit, last status: 429 Too Many Requests)'],
    ['gemini', expect.stringContaining('Too many requests')],
    ['opencode', 'rate limit: Please slow down, to retry in 2 s'],
    ['pi', '429 Too many requests, to retry in 2 s'],
    ['kimi', '429 Too many requests, to retry in 7200 s'],
  ] as const)('%s: a limit is one, and forgotten when it goes on', (name, limit: unknown) => {
    const { doings } = read(lines(LIMITED[name]));
    expect([doings.last?.kind, doings.limit]).toEqual(['limit', limit]);
    expect(read(lines([...LIMITED[name], ...RECORDED[name]])).doings.limit).toBeUndefined();
  });

  it.each(['claude', 'codex', 'gemini', 'opencode', 'pi'] as const)('%s: an error is what it ends with', (name) => {
    const { doings } = read(lines(REFUSED[name]));
    expect(doings.last).toMatchObject({
      kind: 'error',
      text: expect.stringContaining('this model is not there') as string,
    });
    expect([doings.limit, doings.isBroken]).toEqual([undefined, true]);
  });
});

describe('an agent of plain text', () => {
  it('has not come to an error because it quotes one', () => {
    const { doings } = read(
      lines(['I added this answer:', '{"type":"error","message":"quota exceeded"}', 'and a test']),
    );
    expect([doings.isBroken, doings.hasSpoken]).toEqual([false, true]);
  });

  it('says nothing of what another did before it', () => {
    const { doings } = read(lines(RECORDED.claude));
    expect(doings.last?.kind).toBe('done');
    const { counts } = doings;
    doings.begin();
    expect([doings.last, doings.hasSpoken, doings.counts]).toEqual([undefined, false, counts]);
  });
});

describe('what Claude Code says of a session that is not there', () => {
  it('is told in its own words', () => {
    const result = { type: 'result', subtype: 'error_during_execution', is_error: true };
    const { doings } = read(lines([JSON.stringify({ ...result, errors: ['No conversation found', 'more'] })]));
    expect(doings.last).toMatchObject({ kind: 'error', text: 'No conversation found' });
  });
});

describe('output that is not as it should be', () => {
  const whole = Object.values(RECORDED).flat();

  it('is cut anywhere, and what was whole before still counts', () => {
    for (const line of whole) {
      const bytes = Buffer.from(`${RECORDED.codex[0]}\n${line}`);
      for (let end = RECORDED.codex[0].length + 1; end < bytes.length; end += 7) {
        expect(read(bytes.subarray(0, end).toString()).doings.session).toBe('01a207b6');
      }
    }
  });

  it('has other values where it should have its own', () => {
    const values = [null, 7, 'x', [], {}, [null], { type: null }, true];
    for (const line of [...whole, ...Object.values(LIMITED).flat(), ...Object.values(REFUSED).flat()]) {
      for (const [at, value] of values.entries()) {
        const changed = JSON.stringify(withOthers(JSON.parse(line), value));
        expect(() => read(`${changed}\n`), `${at}: ${changed}`).not.toThrow();
      }
    }
  });

  it('has a line that is longer than any that is read, and goes on', () => {
    const long = `{"type":"assistant","message":{"content":[{"type":"text","text":"${'x'.repeat(2 ** 20)}"}]}}`;
    const { doings, usage } = read(lines([RECORDED.claude[0], long, ...RECORDED.claude.slice(3)]));
    expect([doings.session, doings.counts, usage?.output_tokens]).toEqual(['737309dc', { tools: 0, edits: 1 }, 40]);
  });

  it('is of nobody that is known', () => {
    const { doings } = read(
      lines(['{"type":"new.kind","item":1}', '{"role":"tool"}', '{"type":"text"}', 'plain', '{']),
    );
    expect([doings.last, doings.counts, doings.session]).toEqual([undefined, undefined, undefined]);
  });
});

/** Returns a value with another one in the place of all that is in its fields, but for what says what it is. */
function withOthers(value: unknown, other: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const kept = new Set(['type', 'role', 'sessionID', 'subtype']);
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, kept.has(name) ? part : other]));
}
