import { describe, expect, it } from 'vitest';
import { LIFECYCLES } from '@ralph/protocol/contract/lifecycle';
import type { WorkerRecord } from '@ralph/protocol/contract/state-file';
import { isOutlived } from '../src/records/pruning.ts';

const NOW = new Date('2026-06-02T00:00:00.000Z');
const HOUR_MS = 3_600_000;

function hoursAgo(hours: number): string {
  return new Date(NOW.getTime() - hours * HOUR_MS).toISOString();
}

function outlived(fields: Partial<WorkerRecord>, lifetimeMs = 24 * HOUR_MS): boolean {
  const record = { task_id: 'A', workspace_path: '', lifecycle: 'failed', started_at: '', push_attempts: 0, ...fields };
  return isOutlived(record as WorkerRecord, {
    now: NOW,
    lifetimeMs,
    failuresLifetimeMs: 30 * lifetimeMs,
    workspaceIsThere: (path) => path === '/there',
  });
}

describe('isOutlived', () => {
  it.each<[string, Partial<WorkerRecord>, boolean]>([
    ['ended a day ago', { completed_at: hoursAgo(24) }, true],
    ['ended an hour ago, started long before (C17)', { started_at: hoursAgo(99), completed_at: hoursAgo(1) }, false],
    ['of another tool, started a day ago', { started_at: hoursAgo(24), completed_at: null }, true],
    ['its end cannot be read, its start can', { started_at: hoursAgo(1), completed_at: 'then' }, false],
    ['no time can be read', { started_at: 'then' }, true],
    ['no time can be read, its workspace is there', { started_at: 'then', workspace_path: '/there' }, false],
    ['ended in the future', { completed_at: hoursAgo(-99) }, false],
    ['its workspace is there', { completed_at: hoursAgo(99), workspace_path: '/there' }, false],
    ['its workspace is gone', { completed_at: hoursAgo(99), workspace_path: '/gone' }, true],
    ['a retry was asked for', { completed_at: hoursAgo(99), retry_requested_at: hoursAgo(50) }, false],
  ])('M24: %s', (_title, fields, expected) => {
    expect(outlived(fields)).toBe(expected);
  });

  it('M24: is the same rule for all that has ended, and never holds for what has not', () => {
    const of = LIFECYCLES.map((lifecycle) => [lifecycle, outlived({ lifecycle, started_at: hoursAgo(999) })]);
    expect(Object.fromEntries(of)).toEqual({
      running: false,
      integrating: false,
      completed: true,
      failed: true,
      blocked_push: true,
    });
  });

  it('keeps for a month what counts failures, so that a run a night does not forget them', () => {
    expect(outlived({ completed_at: hoursAgo(29 * 24), failures: 1 })).toBe(false);
    expect(outlived({ completed_at: hoursAgo(30 * 24), failures: 1 })).toBe(true);
    expect(outlived({ completed_at: hoursAgo(25), failures: 0 })).toBe(true);
  });

  it('counts by the lifetime that was asked for', () => {
    expect(outlived({ completed_at: hoursAgo(2) }, HOUR_MS)).toBe(true);
    expect(outlived({ completed_at: hoursAgo(2) }, 3 * HOUR_MS)).toBe(false);
    expect(outlived({ completed_at: hoursAgo(-1) }, 1)).toBe(false);
  });
});
