import { queueTask } from '@ralph/protocol/testing/temporary-repository';

export const TASKS: readonly Record<string, unknown>[] = [
  queueTask('RQ-0001', { tags: ['a'], scope: ['src/**'], custom_fields: { x: 'y' } }),
  queueTask('RQ-0002', { depends_on: ['RQ-0001'], scheduled_start: '2026-01-02T00:00:00Z', priority: 'high' }),
];

export const RECORDS: readonly Record<string, unknown>[] = [
  {
    task_id: 'RQ-0001',
    workspace_path: '/w/RQ-0001',
    lifecycle: 'failed',
    started_at: '2026-01-01T00:00:00Z',
    push_attempts: 0,
    attempt: 2,
    identity: { pid: 17, start_time: '5', boot_id: 'b' },
    theirs: { more: [1, 2] },
  },
  {
    task_id: 'RQ-0002',
    workspace_path: '',
    lifecycle: 'running',
    started_at: '2026-01-01T00:00:00Z',
    push_attempts: 3,
  },
];

export const QUEUE_TEXT = `// the queue
{
  "version": 1, /* of the format */
  "tasks": [
    // first
    ${JSON.stringify(TASKS[0], null, 2)},
    ${JSON.stringify(TASKS[1])}, // last
  ],
}
`;
