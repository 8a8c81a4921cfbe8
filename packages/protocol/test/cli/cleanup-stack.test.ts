import { describe, expect, it } from 'vitest';
import { CleanupStack } from '../../src/cli/cleanup-stack.ts';

describe('CleanupStack', () => {
  it('runs its steps newest first, one at a time', async () => {
    const stack = new CleanupStack();
    const seen: string[] = [];
    for (const name of ['first', 'second', 'third']) {
      stack.defer(name, async () => {
        seen.push(`${name} begins`);
        await Promise.resolve();
        seen.push(`${name} ends`);
      });
    }
    expect(await stack.unwind()).toEqual([]);
    expect(seen).toEqual(['third begins', 'third ends', 'second begins', 'second ends', 'first begins', 'first ends']);
  });

  it('runs once, however often it is asked', async () => {
    const stack = new CleanupStack();
    let runs = 0;
    stack.defer('count', () => void (runs += 1));
    await Promise.all([stack.unwind(), stack.unwind()]);
    await stack.unwind();
    expect(runs).toBe(1);
  });

  it('lets whoever asks again wait for the same end and get the same problems', async () => {
    const stack = new CleanupStack();
    let finish = () => {};
    stack.defer('slow', () => new Promise<void>((_, reject) => (finish = () => reject(new Error('no')))));
    const first = stack.unwind();
    const second = stack.unwind();
    await Promise.resolve();
    finish();
    expect(await second).toEqual([{ name: 'slow', message: 'no' }]);
    expect(await first).toEqual(await second);
  });

  it('goes on after a step that fails, and reports it', async () => {
    const stack = new CleanupStack();
    const seen: string[] = [];
    stack.defer('last', () => void seen.push('last'));
    stack.defer('throws', () => {
      throw new Error('no');
    });
    stack.defer('rejects', () => Promise.reject(new Error('never')));
    expect(await stack.unwind()).toEqual([
      { name: 'rejects', message: 'never' },
      { name: 'throws', message: 'no' },
    ]);
    expect(seen).toEqual(['last']);
  });

  it('does not wait for a step beyond its limit', async () => {
    const stack = new CleanupStack();
    const seen: string[] = [];
    stack.defer('last', () => void seen.push('last'));
    stack.defer('hangs', () => new Promise(() => {}), 20);
    expect(await stack.unwind()).toEqual([{ name: 'hangs', message: 'not done after 20 ms' }]);
    expect(seen).toEqual(['last']);
  });

  it('leaves out a step that was taken off again', async () => {
    const stack = new CleanupStack();
    const seen: string[] = [];
    const takeOff = stack.defer('gone', () => void seen.push('gone'));
    stack.defer('kept', () => void seen.push('kept'));
    takeOff();
    await stack.unwind();
    expect(seen).toEqual(['kept']);
  });

  it('runs a step that another step registered', async () => {
    const stack = new CleanupStack();
    const seen: string[] = [];
    stack.defer('outer', () => void stack.defer('inner', () => void seen.push('inner')));
    await stack.unwind();
    expect(seen).toEqual(['inner']);
  });
});
