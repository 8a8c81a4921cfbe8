import { describe, expect, it } from 'vitest';
import { retainedBytes } from '@ralph/protocol/testing/retained-bytes';
import { eitherSignal } from '../src/site/either-signal.ts';

describe('eitherSignal', () => {
  it.each([
    ['the first', 0],
    ['the second', 1],
  ])('is aborted with %s, for its reason', (_, which) => {
    const both = [new AbortController(), new AbortController()] as const;
    const { signal } = eitherSignal(both[0].signal, both[1].signal);
    expect(signal.aborted).toBe(false);
    both[which]?.abort('why');
    expect([signal.aborted, signal.reason]).toEqual([true, 'why']);
  });

  it('is aborted from the start where one of them is', () => {
    expect(eitherSignal(new AbortController().signal, AbortSignal.abort('why')).signal.reason).toBe('why');
  });

  it('does not follow them any more once it is released', () => {
    const stop = new AbortController();
    const { signal, release } = eitherSignal(stop.signal, new AbortController().signal);
    release();
    stop.abort();
    expect(signal.aborted).toBe(false);
  });

  it('leaves nothing behind in a signal that outlives it', async () => {
    const stop = new AbortController();
    const once = () => eitherSignal(stop.signal, new AbortController().signal).release();
    expect(await retainedBytes(10_000, once)).toBeLessThan(20);
  });
});
