import { describe, expect, it } from 'vitest';
import { transportVerdict } from '../src/push/transport-verdict.ts';

describe('transportVerdict', () => {
  it.each([
    'fatal: the remote end hung up unexpectedly',
    'fatal: the remote end hung up upon initial contact',
    'Killed\nfatal: unable to write flush packet: Broken pipe',
    'Killed\nfatal: expected flush after ref listing',
    'fetch-pack: unexpected disconnect while reading sideband packet\nfatal: early EOF',
  ])('%j is a server that went away, and can be asked again', (words) => {
    expect(transportVerdict(words)).toBe('network');
  });

  it('says nothing of what has no word of a connection', () => {
    expect(transportVerdict('fatal: bad object refs/heads/main')).toBeUndefined();
  });
});
