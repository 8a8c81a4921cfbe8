import { describe, expect, it } from 'vitest';
import { judgeForeignLock } from '../src/preflight/foreign-lock.ts';

const path = '/r/.ralph/lock';

describe('judgeForeignLock', () => {
  it('says nothing where there is no lock', () => {
    expect(judgeForeignLock(undefined)).toBeUndefined();
  });

  it('lets a run start beside a stale lock, and says how it is removed', () => {
    const stale = judgeForeignLock({ path, condition: 'stale', pid: 41 });
    expect(stale?.message).toContain('process 41');
    expect(stale?.hint).toBe('ps -p 41 || rm -r /r/.ralph/lock');
  });

  it('refuses while its holder lives, and shows him', () => {
    const lock = {
      path,
      condition: 'live',
      pid: 41,
      startedAt: '2026-01-01T00:00:00Z',
      label: 'run loop',
      command: 'ralph run',
    } as const;
    expect(() => judgeForeignLock(lock)).toThrow(
      'Queue lock already held at: /r/.ralph/lock by ralph-agent-loop (pid 41 since 2026-01-01T00:00:00Z, run loop: ralph run)',
    );
  });

  it.each(['missing', 'unreadable'] as const)(
    'refuses where the holder is %s: it may be one that is about to tell',
    (condition) => {
      expect(() => judgeForeignLock({ path, condition })).toThrow('Queue lock already held at: /r/.ralph/lock');
    },
  );
});
