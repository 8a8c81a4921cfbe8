import { describe, expect, it } from 'vitest';
import { statusDocument } from '@ralph/protocol/contract/status-document';
import type { QueueLockCondition, RecordFacts, StatusFacts } from '../src/status/facts.ts';
import { statusOf } from '../src/status/status-document.ts';
import { LOCK, NOW, recordFacts, statusFacts } from './support/status-facts.ts';

const IN_PROGRESS = 'Parallel execution is in progress.';
const BLOCKED = 'Parallel execution is blocked on worker integration.';
const ATTENTION = 'Parallel execution needs operator attention.';
const DRIFT = 'Parallel execution is idle with cleanup drift.';
const REVIEW = 'Parallel execution waits for reviews.';
const IDLE = 'Parallel execution is idle.';

const HEAD = 'a'.repeat(40);
const running = recordFacts('RUN', 'running');
const integrating = recordFacts('INT', 'integrating');
const waiting = recordFacts('WAIT', 'running', { activity: 'waiting', record: { head_commit: HEAD } });
const lost = recordFacts('LOST', 'running', { activity: 'lost' });
const there = { workspaceIsThere: true, record: { workspace_path: '/w/BLOCK' } };
const blocked = recordFacts('BLOCK', 'blocked_push', { ...there, marker: 'present' });
const published = recordFacts('REVIEW', 'blocked_push', {
  record: { error_code: 'published', last_error: 'awaits review as branch ralph/REVIEW', land_command: 'land it' },
});
const failed = recordFacts('FAIL', 'failed', { record: { last_error: 'status 3\nand more' } });
const completed = recordFacts('DONE', 'completed');
const drifted = recordFacts('LEFT', 'completed', { workspaceIsThere: true, record: { workspace_path: '/w/LEFT' } });
const asked = { retry_requested_at: '2026-06-01T00:00:00Z' };

function document(records: readonly RecordFacts[], more: Partial<StatusFacts> = {}) {
  const made = statusOf(statusFacts(records, more)).document;
  expect(statusDocument.safeParse(JSON.parse(JSON.stringify(made))).error).toBeUndefined();
  return made;
}

/** Returns the headline, and what blocks: status, kind and reason. */
function told(records: readonly RecordFacts[], more: Partial<StatusFacts> = {}): string[] {
  const { blocking, continuation } = document(records, more);
  expect(continuation.blocking).toEqual(blocking);
  if (blocking === undefined) return [continuation.headline];
  const { kind, reason } = blocking.reason;
  return [continuation.headline, [blocking.status, kind, ...(reason === undefined ? [] : [reason])].join(' ')];
}

const lock = (condition: QueueLockCondition) => ({ queueLock: { ...LOCK, condition } });
const onLock = (what: string) => [`Parallel execution is stalled on queue lock ${what}.`, 'stalled lock_blocked'];

describe('statusOf: what matters most', () => {
  it.each<[string, readonly RecordFacts[], Partial<StatusFacts>, string[]]>([
    ['no state', [], { state: undefined }, ['Parallel execution has not started.']],
    ['no records', [], {}, [IDLE]],
    ['live lock, nobody at work', [blocked], lock('live'), onLock('contention')],
    ['live lock, no state', [], { ...lock('live'), state: undefined }, onLock('contention')],
    ['live lock, somebody at work', [running, blocked], lock('live'), [IN_PROGRESS]],
    ['stale lock, somebody at work', [running], lock('stale'), onLock('recovery')],
    ['lock without an owner, somebody at work', [running], lock('missing'), onLock('metadata recovery')],
    ['lock with a bad owner', [], lock('unreadable'), onLock('metadata recovery')],
    ['running before all else', [running, lost, blocked, failed, drifted], {}, [IN_PROGRESS]],
    ['integrating before all else', [integrating, lost, blocked, failed], {}, [IN_PROGRESS]],
    ['waiting while others work', [waiting, running], {}, [IN_PROGRESS]],
    ['waiting while a run is alive', [waiting, blocked], { runIsAlive: true }, [IN_PROGRESS]],
    ['lost while a run is alive', [lost, blocked], { runIsAlive: true }, [IN_PROGRESS]],
    ['waiting, nobody there', [waiting, blocked], {}, [ATTENTION, 'stalled runner_recovery integration_missing']],
    ['lost, nobody at work', [lost, waiting, blocked, failed], {}, [ATTENTION, 'stalled runner_recovery worker_lost']],
    ['blocked before failed', [blocked, failed, drifted], {}, [BLOCKED, 'blocked operator_recovery blocked_push']],
    ['blocked before published', [published, blocked], {}, [BLOCKED, 'blocked operator_recovery blocked_push']],
    ['published before drift', [published, drifted], {}, [REVIEW, 'waiting operator_recovery published']],
    ['failed before drift', [failed, drifted], {}, [ATTENTION, 'stalled operator_recovery worker_failed']],
    ['drift', [drifted, completed], {}, [DRIFT]],
    ['completed', [completed], {}, [IDLE]],
    ['blocked, asked for again', [recordFacts('A', 'blocked_push', { record: asked })], {}, [IDLE]],
    ['failed, asked for again', [recordFacts('A', 'failed', { record: asked, workspaceIsThere: true })], {}, [IDLE]],
  ])('M58: %s', (_title, records, more, expected) => {
    expect(told(records, more)).toEqual(expected);
  });
});

describe('statusOf: what it says', () => {
  it('counts what lives apart from what is lost', () => {
    const all = [running, waiting, integrating, lost, blocked, failed, completed];
    expect(document(all)).toMatchObject({
      lifecycle_counts: { running: 2, integrating: 1, completed: 1, failed: 1, blocked: 1, lost: 1, total: 7 },
      lost: ['LOST'],
    });
  });

  it('names each task under what it means', () => {
    const again = recordFacts('AGAIN', 'failed', { record: asked });
    const { detail } = document([lost, waiting, blocked, failed, again, drifted, completed]).continuation;
    for (const sentence of [
      'Lost: LOST.',
      'Waiting for integration: WAIT.',
      'Operator action required: BLOCK.',
      'Retryable failures: FAIL (status 3).',
      'Retry requested: AGAIN.',
      'Retained for recovery: BLOCK.',
      'Cleanup drift: LEFT (its workspace is still there).',
      'Integrated successfully: LEFT, DONE.',
    ])
      expect(detail).toContain(sentence);
  });

  it.each<[string, RecordFacts, string]>([
    [
      'a marker of landed work',
      recordFacts('A', 'completed', { marker: 'present' }),
      'its blocked marker is still there',
    ],
    ['a marker of failed work', recordFacts('A', 'failed', { marker: 'present' }), 'its blocked marker is still there'],
    ['a blocked workspace that is gone', recordFacts('A', 'blocked_push'), 'its workspace is missing'],
    [
      'a marker that cannot be read',
      recordFacts('A', 'blocked_push', { workspaceIsThere: true, marker: 'unreadable' }),
      'its blocked marker cannot be read',
    ],
  ])('calls it drift: %s', (_title, facts, what) => {
    expect(document([facts]).continuation.detail).toContain(`Cleanup drift: A (${what}).`);
  });

  it('names the one task that blocks, and none of several', () => {
    expect(document([blocked]).blocking).toMatchObject({ task_id: 'BLOCK', observed_at: NOW.toISOString() });
    expect(document([failed, recordFacts('B', 'failed')]).blocking).not.toHaveProperty('task_id');
  });

  it('is not endless, however many there are', () => {
    const many = Array.from({ length: 5000 }, (_, index) =>
      recordFacts(`T-${index}`, 'failed', { record: { last_error: 'x'.repeat(9999) } }),
    );
    const { continuation } = document(many);
    expect(continuation.detail).toContain('and 4990 more.');
    expect(continuation.detail.length).toBeLessThan(3000);
    expect(continuation.next_steps.length).toBeLessThan(20);
  });
});

describe('statusOf: what to type next', () => {
  const commands = (records: readonly RecordFacts[], more: Partial<StatusFacts> = {}) =>
    document(records, more).continuation.next_steps.map(({ command }) => command);

  it('has a step in every situation', () => {
    const situations = [[], [running], [lost], [waiting], [blocked], [failed], [drifted], [completed]];
    for (const records of situations) expect(commands(records)).not.toEqual([]);
    expect(commands([], { state: undefined })).not.toEqual([]);
  });

  it('gives the commands of the record itself, and the retry', () => {
    const own = recordFacts('A', 'blocked_push', {
      record: { next_command: 'cd /w/A && git rebase', land_command: 'ralph-integrate one A | ralph-state apply' },
    });
    expect(commands([own]).slice(0, 3)).toEqual([
      'cd /w/A && git rebase',
      'ralph-integrate one A | ralph-state apply',
      'ralph-state retry A',
    ]);
    expect(document([own]).blocking?.reason.suggested_command).toBe('cd /w/A && git rebase');
  });

  it('tells of kept commits that go on without another agent, and of attempts that begin anew', () => {
    const details = (lifecycle: 'blocked_push' | 'failed') =>
      document([recordFacts('A', lifecycle, { record: { attempt: 1 } })]).continuation.next_steps.find(({ command }) =>
        command.includes(' retry '),
      )?.detail;
    expect(details('blocked_push')).toMatch(/^The next run lands it from its kept commits/);
    expect(details('failed')).toMatch(/^The next run makes a new attempt/);
  });

  it('shows the log of a failed task where there is one', () => {
    const logged = recordFacts('A', 'failed', { record: { log_path: '/l' } });
    expect(commands([logged]).slice(0, 2)).toEqual(['ralph-worker logs A', 'ralph-state retry A']);
    expect(commands([failed])[0]).toBe('ralph-state get FAIL');
  });

  it('quotes what a shell would take apart, and names the repository where that is needed', () => {
    const odd = recordFacts("it's; rm", 'failed');
    expect(commands([odd], { repoWords: ['--repo', '/my repo'] }).slice(0, 2)).toEqual([
      `ralph-state get 'it'\\''s; rm' --repo '/my repo'`,
      `ralph-state retry 'it'\\''s; rm' --repo '/my repo'`,
    ]);
  });

  it('tells ralph-worker where a workspace is that is not in the usual folder', () => {
    const at = (workspace_path: string) =>
      recordFacts('A', 'completed', { workspaceIsThere: true, record: { workspace_path } });
    expect(commands([at('/.workspaces/r/parallel/A')])[0]).toBe('ralph-worker remove A');
    expect(commands([at('/w/A')])[0]).toBe('ralph-worker remove A --workspace-root /w');
    expect(commands([at('/w/other')])[0]).toBe('ralph-state get A');
  });

  it('takes what was lost up again, with the branch that the state is for', () => {
    expect(commands([lost]).slice(0, 3)).toEqual([
      'ralph-worker reap',
      'ralph-state init --target-branch main',
      'ralph-state retry LOST',
    ]);
  });

  it('never advises to remove a lock whose owner lives', () => {
    const live = commands([], lock('live'));
    expect(live.join()).not.toContain('rm ');
    expect(live[0]).toBe('ps -o pid,lstart,args -p 12');
    expect(commands([], lock('stale'))[0]).toBe('ps -p 12 || rm -r /r/.ralph/lock');
  });

  it('says what is the matter with the queue', () => {
    const error = { code: 'queue_invalid', message: 'duplicate id' };
    expect(commands([], { queue: { error } })).toEqual(['ralph-state task validate']);
    const waits = { dependency: 1, schedule: 0, draft: 0, blocked: 0, scope: 0, failed: 0 };
    expect(commands([], { queue: { tasks: 2, runnable: 1, waiting: waits } })).toEqual([
      'ralph-state task list --runnable',
    ]);
    expect(commands([], { queue: { tasks: 1, runnable: 0, waiting: waits } })).toEqual(['ralph-state task list']);
  });
});

describe('statusOf: what awaits a review', () => {
  it('is named with its branch, and with the command that finds it once it was merged', () => {
    const { continuation, lifecycle_counts: counts } = document([published]);
    expect(continuation.detail).toContain('Awaiting review: REVIEW (awaits review as branch ralph/REVIEW).');
    expect(continuation.detail).not.toContain('Cleanup drift');
    expect(continuation.next_steps[0]).toMatchObject({ title: 'Once REVIEW is merged, say so', command: 'land it' });
    expect(counts).toMatchObject({ blocked: 1 });
  });
});
