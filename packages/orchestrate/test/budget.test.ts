import { describe, expect, it } from 'vitest';
import { blindSpot, spentOf } from '../src/quota/budget.ts';
import { NO_RECEIPT } from '../src/record/receipt-sum.ts';

const budget = { timeMs: undefined, tokens: 1000, cost: 2.5 };

describe('spentOf', () => {
  it.each([
    [{ input_tokens: 600, cache_read_tokens: 400 }, '1000 tokens are used, of 1000 (--max-tokens)'],
    [{ cost_usd: 2.51 }, 'US$ 2.51 are spent, of 2.5 (--max-cost)'],
    [{ input_tokens: 999, cost_usd: 2.499_999 }, undefined],
    [undefined, undefined],
  ])('%j: %s', (usage, words) => {
    expect(spentOf(budget, { ...NO_RECEIPT, ...(usage === undefined ? {} : { usage }) })).toBe(words);
  });
});

describe('blindSpot', () => {
  it('names the limits that an agent says nothing of', () => {
    expect(blindSpot(budget, { ...NO_RECEIPT, unreported: 1 })).toContain('--max-tokens and --max-cost');
    expect(blindSpot(budget, { ...NO_RECEIPT, usage: { output_tokens: 5 } })).toContain('--max-cost cannot');
    expect(blindSpot(budget, { ...NO_RECEIPT, usage: { output_tokens: 5, cost_usd: 0 } })).toBeUndefined();
    const none = { timeMs: 5, tokens: undefined, cost: undefined };
    expect(blindSpot(none, { ...NO_RECEIPT, unreported: 1 })).toBeUndefined();
  });
});
