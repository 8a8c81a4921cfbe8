import type { Lifecycle } from '@ralph/protocol/contract/lifecycle';
import type { WorkerRecord } from '@ralph/protocol/contract/state-file';
import type { QueueLock, RecordFacts, StatusFacts } from '../../src/status/facts.ts';
import { emptyState } from '../../src/store/state-document.ts';

export const NOW = new Date('2026-06-02T00:00:00.000Z');

export const LOCK: QueueLock = { path: '/r/.ralph/lock', condition: 'live', pid: 12, label: 'run loop' };

/** Makes the facts of one record; a terminal one has ended, another one is at work, unless it is said otherwise. */
export function recordFacts(
  task_id: string,
  lifecycle: Lifecycle,
  more: Partial<Omit<RecordFacts, 'record'>> & { readonly record?: Partial<WorkerRecord> } = {},
): RecordFacts {
  const { record, ...rest } = more;
  return {
    record: { task_id, workspace_path: '', lifecycle, started_at: '', push_attempts: 0, ...record },
    activity: lifecycle === 'running' || lifecycle === 'integrating' ? 'at_work' : 'ended',
    workspaceIsThere: false,
    marker: 'absent',
    ...rest,
  };
}

/** Makes the facts of a repository with a state file, an empty queue and these records. */
export function statusFacts(records: readonly RecordFacts[], more: Partial<StatusFacts> = {}): StatusFacts {
  const workers = records.map(({ record }) => record);
  return {
    root: '/r',
    state: { ...emptyState('main', '2026-06-01T00:00:00Z'), workers },
    records,
    queueLock: undefined,
    runIsAlive: false,
    queue: {
      tasks: 0,
      runnable: 0,
      waiting: { dependency: 0, schedule: 0, draft: 0, blocked: 0, scope: 0, failed: 0 },
    },
    repoWords: [],
    now: NOW,
    ...more,
  };
}
