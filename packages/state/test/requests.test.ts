import { describe, expect, it } from 'vitest';
import { LIFECYCLES } from '@ralph/protocol/contract/lifecycle';
import type { WorkerRecord } from '@ralph/protocol/contract/state-file';
import type { Activity } from '../src/records/record-activity.ts';
import { requireRemovable, withRetryRequest } from '../src/records/requests.ts';

const AT = '2026-06-02T00:00:00.000Z';
const HEAD = 'a'.repeat(40);

function record(fields: Partial<WorkerRecord>): WorkerRecord {
  return { task_id: 'A', workspace_path: '/w', started_at: '', lifecycle: 'failed', push_attempts: 3, ...fields };
}

/** Returns what becomes of a request: the new lifecycle, or the code of the refusal. */
function answer(ask: () => unknown): string {
  try {
    return (ask() as WorkerRecord | undefined)?.lifecycle ?? 'removed';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

const IN_WORK: readonly Activity[] = ['at_work', 'believed', 'waiting', 'lost'];
const SITUATIONS = LIFECYCLES.flatMap((lifecycle) =>
  (lifecycle === 'running' || lifecycle === 'integrating' ? IN_WORK : (['ended'] as const)).map(
    (activity) => [lifecycle, activity] as const,
  ),
);

/** Written out apart from the code: retry, remove, remove --force. */
const EXPECTED: Readonly<Record<string, readonly [string, string, string]>> = {
  at_work: ['record_active', 'record_active', 'record_active'],
  believed: ['record_active', 'record_active', 'removed'],
  waiting: ['failed', 'record_active', 'removed'],
  lost: ['failed', 'removed', 'removed'],
  completed: ['illegal_transition', 'removed', 'removed'],
  failed: ['failed', 'removed', 'removed'],
  blocked_push: ['blocked_push', 'removed', 'removed'],
};

describe('what may be asked of a record', () => {
  it.each(SITUATIONS)('M60: %s (%s)', (lifecycle, activity) => {
    const each = record({ lifecycle });
    expect([
      answer(() => withRetryRequest(each, activity, { at: AT, fresh: false })),
      answer(() => requireRemovable(each, activity, false)),
      answer(() => requireRemovable(each, activity, true)),
    ]).toEqual(EXPECTED[activity === 'ended' ? lifecycle : activity]);
  });
});

describe('withRetryRequest', () => {
  it('changes nothing else of what was blocked', () => {
    const blocked = record({ lifecycle: 'blocked_push', last_error: 'conflict', completed_at: 'then' });
    expect(withRetryRequest(blocked, 'ended', { at: AT, fresh: false })).toEqual({
      ...blocked,
      retry_requested_at: AT,
    });
  });

  it('asks for a new agent too when that is asked later, and never less', () => {
    const asked = withRetryRequest(record({ lifecycle: 'blocked_push' }), 'ended', { at: AT, fresh: false });
    const widened = withRetryRequest(asked, 'ended', { at: '2026-07-01T00:00:00.000Z', fresh: true });
    expect(widened).toEqual({ ...asked, retry_fresh: true });
    expect(withRetryRequest(widened, 'ended', { at: AT, fresh: false })).toEqual(widened);
  });

  it('lets the first request stand', () => {
    const asked = record({ retry_requested_at: '2026-06-01T00:00:00.000Z' });
    expect(withRetryRequest(asked, 'ended', { at: AT, fresh: false })).toEqual(asked);
  });

  it('calls what was lost failed, as a start does, and says of what waited that it was not lost', () => {
    const fields = { lifecycle: 'failed', completed_at: AT, retry_requested_at: AT };
    expect(withRetryRequest(record({ lifecycle: 'integrating' }), 'lost', { at: AT, fresh: false })).toMatchObject({
      ...fields,
      last_error: 'lost: its process is gone',
      error_code: 'owner_gone',
    });
    expect(
      withRetryRequest(record({ lifecycle: 'running', head_commit: HEAD }), 'waiting', { at: AT, fresh: false }),
    ).toMatchObject({
      ...fields,
      last_error: 'not integrated: it waited in vain',
    });
  });
});
