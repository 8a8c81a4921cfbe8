import { describe, expect, it } from 'vitest';
import { KnownHistory } from '../src/site/known-history.ts';

describe('what is known of the history', () => {
  it('reaches as far as one step leads to the next, in one direction', () => {
    const history = new KnownHistory();
    history.learn('a', 'b');
    history.learn('b', 'c');
    history.learn('x', 'c');
    expect(history.holds('a', 'c')).toBe(true);
    expect(history.holds('x', 'c')).toBe(true);
    expect(history.holds('c', 'c')).toBe(true);
    expect(history.holds('c', 'a')).toBe(false);
    expect(history.holds('x', 'b')).toBe(false);
  });

  it('says nothing of what it was not told', () => {
    expect(new KnownHistory().holds('a', 'b')).toBe(false);
  });

  it('forgets the oldest, so that it does not grow with a run', () => {
    const history = new KnownHistory();
    for (let index = 0; index < 5000; index += 1) history.learn(`c${index}`, `c${index + 1}`);
    expect(history.holds('c4000', 'c5000')).toBe(true);
    expect(history.holds('c0', 'c1')).toBe(false);
  });
});
