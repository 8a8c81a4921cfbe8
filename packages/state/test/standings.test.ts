import { describe, expect, it } from 'vitest';
import type { WorkerRecord } from '@ralph/protocol/contract/state-file';
import { identityOf } from '@ralph/protocol/process/process-identity';
import { emptyState } from '../src/store/state-document.ts';
import { standingsOf } from '../src/queue/standings.ts';

const NOW = new Date('2026-06-02T00:00:00Z');

function standing(record: Partial<WorkerRecord>, updatedAt?: string) {
  const full = { task_id: 'A', workspace_path: '', started_at: '', lifecycle: 'running', push_attempts: 0, ...record };
  const queue = [{ id: 'A', title: 'A', ...(updatedAt === undefined ? {} : { updated_at: updatedAt }) }];
  const state = { ...emptyState('main', ''), workers: [full as WorkerRecord] };
  return standingsOf(state, queue, NOW, () => false).standings.get('A') ?? 'free';
}

const self = identityOf(process.pid);
if (self === undefined) throw new Error('this process has no identity');

describe('standingsOf', () => {
  it('believes a record whose process lives', () => {
    expect(standing({ attempt: 1, identity: self })).toBe('active');
    expect(standing({ attempt: 1, lifecycle: 'integrating', identity: self })).toBe('active');
  });

  it('does not believe the number of a process alone', () => {
    expect(standing({ attempt: 1, identity: { ...self, start_time: '1' } })).toBe('free');
    expect(standing({ attempt: 1, identity: { ...self, boot_id: 'another boot' } })).toBe('free');
  });

  it('believes a record of ralph-agent-loop, without a process, for a day', () => {
    expect(standing({ started_at: '2026-06-01T00:00:01Z' })).toBe('active');
    expect(standing({ started_at: '2026-06-01T00:00:00Z' })).toBe('free');
    expect(standing({ started_at: 'soon' })).toBe('free');
  });

  it('does not believe an integration whose process is gone', () => {
    expect(standing({ attempt: 1, lifecycle: 'integrating', identity: { ...self, start_time: '1' } })).toBe('free');
  });

  it('leaves failed tasks free and keeps blocked ones back (M31)', () => {
    expect(standing({ lifecycle: 'failed' })).toBe('free');
    expect(standing({ lifecycle: 'blocked_push' })).toBe('blocked');
    expect(standing({ lifecycle: 'blocked_push', retry_requested_at: '2026-06-01T00:00:00Z' })).toBe('free');
  });

  it('takes a landed task for done unless it was changed since', () => {
    const landed = { lifecycle: 'completed', completed_at: '2026-06-01T00:00:00Z' } as const;
    expect(standing(landed, '2026-05-01T00:00:00Z')).toBe('landed');
    expect(standing(landed)).toBe('landed');
    expect(standing(landed, '2026-06-01T00:00:01Z')).toBe('free');
  });
});
