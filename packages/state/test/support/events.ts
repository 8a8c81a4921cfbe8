import type { AnyEvent, EventOf } from '@ralph/protocol/contract/events';
import type { RecordEvent } from '../../src/records/lifecycle-rules.ts';

export const BASE = 'b'.repeat(40);
export const HEAD = 'a'.repeat(40);
export const AT = '2026-01-01T00:00:00.000Z';

/** What makes the events of one attempt; fields given replace the usual ones. */
type Given = { readonly task?: string; readonly attempt?: number; readonly at?: string };

type Maker<T extends RecordEvent['type']> = (given?: Given & Partial<EventOf<T>>) => EventOf<T>;

function maker<T extends RecordEvent['type']>(type: T, fields: Record<string, unknown>): Maker<T> {
  return ({ task = 'RQ-0001', ...given } = {}) =>
    ({ v: 1, type, at: AT, task_id: task, attempt: 1, ...fields, ...given }) as unknown as EventOf<T>;
}

const PLACE = { workspace_path: '/w/RQ-0001', base_commit: BASE };

export const workspaceReady = maker('workspace.ready', { ...PLACE, reused: false, duration_ms: 1 });
export const agentStarted = maker('agent.started', {
  ...PLACE,
  pid: 7,
  identity: { pid: 7, start_time: '1', boot_id: 'x' },
  log_path: '/l/RQ-0001.1.log',
  title: 'Task',
});
export const agentFinished = maker('agent.finished', {
  ...PLACE,
  exit_code: 0,
  signal: null,
  reason: 'exited',
  head_commit: HEAD,
  commits: 1,
  changed_files: 1,
  log_path: '/l/RQ-0001.1.log',
  duration_ms: 1,
});
export const workSalvaged = maker('work.salvaged', { ref: 'refs/ralph/salvage/RQ-0001/1', commit: HEAD, reason: 'r' });
export const integrateStarted = maker('integrate.started', { base: 'origin/main' });
export const taskCompleted = maker('task.completed', {
  commit: HEAD,
  push_attempts: 2,
  ci_runs: 1,
  workspace_path: '/w/RQ-0001',
});
export const taskPublished = maker('task.published', {
  branch: 'ralph/RQ-0001',
  commit: HEAD,
  base_commit: BASE,
  ci_runs: 1,
  workspace_path: '/w/RQ-0001',
  land_command: 'ralph-integrate one RQ-0001',
});
export const taskBlocked = maker('task.blocked', {
  reason: 'conflict in a.txt',
  code: 'conflict',
  attempts: 3,
  workspace_path: '/w/RQ-0001',
  next_command: 'git rebase',
});
export const taskFailed = maker('task.failed', { reason: 'status 3', code: 'agent_failed' });

export const MAKERS: Readonly<Record<RecordEvent['type'], (given?: Given) => RecordEvent>> = {
  'workspace.ready': workspaceReady,
  'agent.started': agentStarted,
  'agent.finished': agentFinished,
  'work.salvaged': workSalvaged,
  'integrate.started': integrateStarted,
  'task.completed': taskCompleted,
  'task.published': taskPublished,
  'task.blocked': taskBlocked,
  'task.failed': taskFailed,
};

/** Returns a stream as it stands on stdin. */
export function stream(...events: readonly (AnyEvent | object)[]): string {
  return events.map((event) => `${JSON.stringify(event)}\n`).join('');
}
