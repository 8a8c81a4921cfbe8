import { describe, expect, it } from 'vitest';
import { toldUsage } from '../../src/usage/told-usage.ts';

/** What a statement says was used; nothing where it says nothing. */
function used(value: unknown): unknown {
  return toldUsage(value).flatMap((told) => (told.kind === 'used' ? [told.usage] : []))[0];
}

const CLAUDE = {
  type: 'result',
  subtype: 'success',
  session_id: 'd74b87d2',
  total_cost_usd: 0.1839242,
  usage: {
    input_tokens: 33,
    cache_creation_input_tokens: 53_995,
    cache_read_input_tokens: 230_827,
    output_tokens: 904,
  },
};

const CODEX = { input_tokens: 26_549, cached_input_tokens: 22_272, output_tokens: 1590 };

describe('what an agent says that it used', () => {
  it('is in the result of Claude Code', () => {
    const figures = { input_tokens: 33, output_tokens: 904, cache_read_tokens: 230_827, cache_write_tokens: 53_995 };
    expect(used(CLAUDE)).toEqual({ ...figures, cost_usd: 0.183924 });
    expect(used([{ type: 'system', subtype: 'init', session_id: 'd' }, { type: 'assistant' }, CLAUDE])).toEqual(
      used(CLAUDE),
    );
  });

  it('counts the agents within Claude Code, which only the figures by model have, as the cost has', () => {
    const haiku = { inputTokens: 39, outputTokens: 1284, cacheReadInputTokens: 5, cacheCreationInputTokens: 7 };
    const opus = { inputTokens: 1, outputTokens: 2, cacheReadInputTokens: 3, cacheCreationInputTokens: 4 };
    const one = { input_tokens: 39, output_tokens: 1284, cache_read_tokens: 5, cache_write_tokens: 7 };
    expect(used({ ...CLAUDE, modelUsage: { 'claude-haiku-4-5': haiku } })).toEqual({
      ...one,
      cost_usd: 0.183924,
      model: 'claude-haiku-4-5',
    });
    expect(used({ ...CLAUDE, modelUsage: { 'claude-haiku-4-5': haiku, 'claude-opus-4-5': opus } })).toEqual({
      input_tokens: 40,
      output_tokens: 1286,
      cache_read_tokens: 8,
      cache_write_tokens: 11,
      cost_usd: 0.183924,
    });
    expect(used({ ...CLAUDE, modelUsage: { x: { inputTokens: 'many' } } })).toEqual(used(CLAUDE));
  });

  it('is in what Codex tells at the end of a turn, and in the totals of older releases; its cache is not input', () => {
    const figures = { input_tokens: 4277, output_tokens: 1590, cache_read_tokens: 22_272 };
    expect(used({ type: 'turn.completed', usage: CODEX })).toEqual(figures);
    expect(used({ type: 'turn.completed', usage: { ...CODEX, cache_write_input_tokens: 77 } })).toEqual({
      ...figures,
      input_tokens: 4200,
      cache_write_tokens: 77,
    });
    expect(used({ id: '0', msg: { type: 'token_count', ...CODEX } })).toEqual(figures);
    const info = { total_token_usage: CODEX, last_token_usage: { input_tokens: 1 } };
    expect(used({ id: '0', msg: { type: 'token_count', info } })).toEqual(figures);
    expect(used({ type: 'event_msg', payload: { type: 'token_count', info } })).toEqual(figures);
    expect(used({ id: '0', msg: { type: 'token_count', info: null } })).toBeUndefined();
  });

  it('is in the stats of Gemini CLI, whose cache is part of the prompt and whose thoughts are beside the answer', () => {
    const tokens = { prompt: 24_939, candidates: 20, total: 25_113, cached: 21_263, thoughts: 154, tool: 0 };
    const figures = { input_tokens: 3676, output_tokens: 174, cache_read_tokens: 21_263 };
    expect(used({ response: '', stats: { models: { 'gemini-2.5-pro': { tokens } } } })).toEqual({
      ...figures,
      model: 'gemini-2.5-pro',
    });
    const flash = { tokens: { prompt: 10, candidates: 1, cached: 0, thoughts: 0, tool: 5 } };
    expect(used({ stats: { models: { 'gemini-2.5-pro': { tokens }, 'gemini-2.5-flash': flash } } })).toEqual({
      input_tokens: 3691,
      output_tokens: 175,
      cache_read_tokens: 21_263,
    });
    const sum = { total_tokens: 450, input_tokens: 150, output_tokens: 300, cached: 50, input: 100 };
    expect(used({ type: 'result', status: 'success', stats: sum })).toEqual({
      input_tokens: 100,
      output_tokens: 300,
      cache_read_tokens: 50,
    });
    expect(used({ stats: { models: {} } })).toBeUndefined();
  });

  it('is in each step of opencode, whose thoughts are beside the answer unless the sum says that they are in it', () => {
    const tokens = { input: 11_087, output: 145, reasoning: 5, cache: { write: 3, read: 2 } };
    const figures = { input_tokens: 11_087, output_tokens: 150, cache_read_tokens: 2, cache_write_tokens: 3 };
    const step = (more: object) => ({
      type: 'step_finish',
      part: { type: 'step-finish', tokens: { ...tokens, ...more }, cost: 0.0070147 },
    });
    expect(used(step({}))).toEqual({ ...figures, cost_usd: 0.007015 });
    expect(used(step({ total: 11_242 }))).toEqual({ ...figures, cost_usd: 0.007015 });
    expect(used(step({ total: 11_237 }))).toEqual({ ...figures, output_tokens: 145, cost_usd: 0.007015 });
  });

  it('is in our own form, which any script may write', () => {
    const told = { input_tokens: 1, output_tokens: 2, cache_read_tokens: 3, cache_write_tokens: 4, cost_usd: 0.5 };
    expect(used({ type: 'ralph.usage', ...told, model: 'own/model:1' })).toEqual({ ...told, model: 'own/model:1' });
    expect(used({ type: 'ralph.usage', cost_usd: 0 })).toEqual({ cost_usd: 0 });
  });

  it('is never a figure that cannot be true', () => {
    for (const bad of [-1, 0.5, 1e15 + 2, Number.MAX_VALUE, '7', null, true, [7], {}]) {
      expect(used({ type: 'ralph.usage', input_tokens: bad, output_tokens: 3 })).toEqual({ output_tokens: 3 });
      expect(used({ type: 'turn.completed', usage: { input_tokens: bad, output_tokens: bad } })).toBeUndefined();
    }
    for (const bad of [-0.1, Number.NaN, Number.POSITIVE_INFINITY, 1e16, '0.1', null]) {
      expect(used({ type: 'ralph.usage', cost_usd: bad })).toBeUndefined();
    }
    expect(used({ type: 'turn.completed', usage: { input_tokens: 5, cached_input_tokens: 6 } })).toEqual({
      cache_read_tokens: 6,
    });
    expect(used({ type: 'ralph.usage', output_tokens: 1, model: 'a\u001b[31m' })).toEqual({ output_tokens: 1 });
    expect(used({ type: 'ralph.usage', output_tokens: 1, model: 'x'.repeat(101) })).toEqual({ output_tokens: 1 });
  });

  it('is not in what only looks like it', () => {
    const message = { id: 'm', usage: CLAUDE.usage };
    for (const other of [
      { type: 'assistant', message, session_id: 'd' },
      { type: 'user', message: { content: [{ type: 'tool_result', content: JSON.stringify(CLAUDE) }] } },
      { type: 'stream_event', event: { type: 'message_delta', usage: CLAUDE.usage } },
      { type: 'item.completed', item: { type: 'agent_message', text: JSON.stringify(CODEX) } },
      { type: 'turn.failed', error: { message: 'tokens' } },
      { type: 'result' },
      { usage: CLAUDE.usage, total_cost_usd: 1 },
      { type: 'ralph.usage', model: 'm' },
      { type: ['result'], usage: CLAUDE.usage },
      [[CLAUDE]],
      'result',
      null,
      7,
    ]) {
      expect(toldUsage(other)).toEqual([]);
    }
  });
});
