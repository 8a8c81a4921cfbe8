import { describe, expect, it } from 'vitest';
import { isTerminal, type Lifecycle } from '@ralph/protocol/contract/lifecycle';
import type { StateFile, WorkerRecord } from '@ralph/protocol/contract/state-file';
import { startUp, type Surroundings } from '../src/records/start-up.ts';

const NOW = new Date('2026-06-02T00:00:00.000Z');

function record(lifecycle: Lifecycle, fields: Partial<WorkerRecord> = {}): WorkerRecord {
  return { task_id: 'A', workspace_path: '/w', lifecycle, started_at: hoursAgo(1), push_attempts: 0, ...fields };
}

function hoursAgo(hours: number): string {
  return new Date(NOW.getTime() - hours * 3_600_000).toISOString();
}

function state(target_branch: string, ...workers: WorkerRecord[]): StateFile {
  return { schema_version: 3, started_at: 'then', target_branch, workers, revision: 4 };
}

function started(before: StateFile | undefined, more: Partial<Surroundings> = {}) {
  return startUp(before, {
    path: '/r/state.json',
    targetBranch: 'main',
    now: NOW,
    lifetimeMs: 24 * 3_600_000,
    activityOf: (each) => (isTerminal(each.lifecycle) ? 'ended' : 'lost'),
    workspaceIsThere: () => false,
    ...more,
  });
}

const active = {
  activityOf: ({ lifecycle }: WorkerRecord) => (lifecycle === 'running' ? 'at_work' : 'ended'),
} as const;

describe('startUp: target branch', () => {
  it('makes a state where there is none (M15)', () => {
    expect(started(undefined)).toMatchObject({
      changed: true,
      state: { schema_version: 3, target_branch: 'main', workers: [], started_at: NOW.toISOString(), revision: 1 },
    });
  });

  it('leaves a state that fits as it is, its start time too', () => {
    const before = state('main', record('running'));
    expect(started(before, active)).toEqual({ state: before, changed: false, notes: [], lost: [], finished: [] });
  });

  it.each(['old', ''])('sets the branch %j anew when nobody is at work (M21, M23)', (branch) => {
    const { state: after, notes } = started(state(branch, record('completed')));
    expect(after).toMatchObject({ target_branch: 'main', started_at: NOW.toISOString(), revision: 5 });
    expect(after.workers).toHaveLength(1);
    expect(notes.join()).toContain("'main'");
  });

  it('refuses another branch while somebody is at work, and says what to do (M22)', () => {
    const refused = () => started(state('old', record('running'), record('completed', { task_id: 'B' })), active);
    expect(refused).toThrow(
      failure(
        'target_branch_mismatch',
        "Parallel state target branch 'old' does not match current branch 'main'. Unsafe to retarget because 1 worker(s) are active.",
        "Recovery options: 1) checkout 'old' and resume the parallel run 2) wait until A has ended, or stop its run; while it is at work do not delete '/r/state.json'",
      ),
    );
  });

  it('knows a way on for records whose process is not known (M22)', () => {
    const both = state('old', record('running'), record('integrating', { task_id: "B's" }));
    expect(() => started(both, { activityOf: () => 'believed' })).toThrow(
      failure(
        'target_branch_mismatch',
        "Parallel state target branch 'old' does not match current branch 'main'. Unsafe to retarget because 2 worker(s) are active.",
        "Recovery options: 1) checkout 'old' and resume the parallel run 2) if you are certain no parallel run is active: " +
          "ralph-state remove A --force && ralph-state remove 'B'\\''s' --force; there is no need to delete '/r/state.json'",
      ),
    );
  });

  it('refuses to guess a missing branch while somebody is at work (M23)', () => {
    const refused = () => started(state('', record('running'), record('running', { task_id: 'B' })), active);
    expect(refused).toThrow(
      failure(
        'target_branch_missing',
        "Parallel state target branch is missing. Unsafe to populate from current branch 'main' because 2 worker(s) are active.",
        expect.stringMatching(/^Recovery options: 1\) checkout the original base branch and resume/),
      ),
    );
  });

  it('names the original branch where the records say it (M23)', () => {
    const refused = () => started(state('', record('running', { target_branch: 'old' })), active);
    expect(refused).toThrow(
      failure('target_branch_missing', expect.any(String), expect.stringContaining("1) checkout 'old' and resume")),
    );
  });
});

function failure(code: string, message: unknown, hint: unknown): object {
  return expect.objectContaining({ code, message, parts: expect.objectContaining({ hint }) }) as object;
}

describe('startUp: lost records', () => {
  it.each(['running', 'integrating'] as const)('calls a %s record failed when its process is gone', (lifecycle) => {
    const { state: after, lost } = started(state('main', record(lifecycle, { attempt: 2 })));
    expect(after.workers).toEqual([
      record('failed', {
        attempt: 2,
        completed_at: NOW.toISOString(),
        last_error: 'lost: its process is gone',
        error_code: 'owner_gone',
      }),
    ]);
    expect(lost).toMatchObject([{ lifecycle, attempt: 2 }]);
  });

  it('leaves work that waits for its integration as it is', () => {
    const before = state('main', record('running', { head_commit: 'a'.repeat(40) }));
    expect(started(before, { activityOf: () => 'waiting' })).toMatchObject({ state: before, changed: false });
  });

  it('sets the branch anew when the only records are lost ones', () => {
    expect(started(state('old', record('running'))).state.target_branch).toBe('main');
  });
});

describe('startUp: pruning', () => {
  it.each<[string, WorkerRecord, boolean]>([
    ['ended 23 h ago', record('completed', { started_at: hoursAgo(99), completed_at: hoursAgo(23) }), true],
    ['ended 24 h ago', record('failed', { completed_at: hoursAgo(24) }), false],
    ['ended at an unknown time, started 25 h ago', record('failed', { started_at: hoursAgo(25) }), false],
    ['ended and started at unknown times', record('failed', { started_at: 'x', completed_at: 'y' }), false],
    ['ended in the future', record('completed', { completed_at: hoursAgo(-48) }), true],
    ['running for 100 h', record('running', { started_at: hoursAgo(100) }), true],
    ['blocked 25 h ago, workspace gone', record('blocked_push', { completed_at: hoursAgo(25) }), false],
    [
      'blocked 25 h ago, workspace there',
      record('blocked_push', { completed_at: hoursAgo(25), workspace_path: '/kept' }),
      true,
    ],
    [
      'failed 25 h ago, workspace there',
      record('failed', { completed_at: hoursAgo(25), workspace_path: '/kept' }),
      true,
    ],
  ])('keeps or drops a record that %s (M24)', (_title, old, kept) => {
    const { state: after } = started(state('main', old), { ...active, workspaceIsThere: (path) => path === '/kept' });
    expect(after.workers).toHaveLength(kept ? 1 : 0);
  });
});

describe('startUp: workspaces', () => {
  it('names those of completed and failed records that are there, and keeps the records (M25)', () => {
    const at = (task_id: string, lifecycle: Lifecycle, workspace_path = '/there') =>
      record(lifecycle, { task_id, workspace_path });
    const before = state(
      'main',
      at('A', 'completed'),
      at('B', 'failed'),
      at('C', 'blocked_push'),
      at('D', 'failed', '/gone'),
      at('E', 'integrating'),
    );
    const { finished, changed } = started(before, {
      activityOf: ({ lifecycle }) => (lifecycle === 'integrating' ? 'at_work' : 'ended'),
      workspaceIsThere: (path) => path === '/there',
    });
    expect({ ids: finished.map(({ task_id }) => task_id), changed }).toEqual({ ids: ['A', 'B'], changed: false });
  });

  it('does not name that of a record that was lost just now: its work may still be landed from there', () => {
    const { finished, state: after } = started(state('main', record('integrating')), { workspaceIsThere: () => true });
    expect(after.workers).toMatchObject([{ lifecycle: 'failed' }]);
    expect(finished).toEqual([]);
  });
});
