import { describe, expect, it } from 'vitest';
import { addUsage } from '../../src/usage/add-usage.ts';

describe('addUsage', () => {
  it('leaves absent what nobody has said', () => {
    expect(addUsage(undefined, undefined)).toBeUndefined();
    expect(addUsage({ output_tokens: 1 }, { output_tokens: 2, cost_usd: 0.1 })).toEqual({
      output_tokens: 3,
      cost_usd: 0.1,
    });
    expect(addUsage({ cost_usd: 0.1 }, { cost_usd: 0.2 })).toEqual({ cost_usd: 0.3 });
  });

  it('names a model where both have used the same', () => {
    expect(addUsage({ model: 'a' }, { model: 'a' })).toEqual({ model: 'a' });
    expect(addUsage({ model: 'a' }, { model: 'b' })).toEqual({});
  });
});
