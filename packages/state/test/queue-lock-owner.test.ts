import { describe, expect, it } from 'vitest';
import { parseLockOwner } from '../src/status/queue-lock-owner.ts';

const OWNER = 'pid: 12\nstarted_at: 2026-01-01T00:00:00Z\ncommand: ralph run loop\nlabel: run loop\n';

describe('parseLockOwner', () => {
  it('reads what ralph-agent-loop writes', () => {
    expect(parseLockOwner(OWNER)).toEqual({
      pid: 12,
      startedAt: '2026-01-01T00:00:00Z',
      command: 'ralph run loop',
      label: 'run loop',
    });
  });

  it('takes the first line of a key: a command with a newline in it cannot name another process (C46)', () => {
    const forged = 'pid: 12\nstarted_at: x\ncommand: ralph "\npid: 1234567\nlabel: forged\nlabel: run loop\n';
    expect(parseLockOwner(forged)).toMatchObject({ pid: 12, label: 'forged' });
  });

  it.each(['', 'pid:', 'pid: 0', 'pid: -1', 'pid: 1e3', 'pid: twelve', ' pid: 12', 'label: x', 'pid: 99999999999'])(
    'reads no process from %j',
    (text) => {
      expect(parseLockOwner(text)).toBeUndefined();
    },
  );
});
