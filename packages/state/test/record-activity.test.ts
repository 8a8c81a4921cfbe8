import { describe, expect, it } from 'vitest';
import { LIFECYCLES } from '@ralph/protocol/contract/lifecycle';
import type { WorkerRecord } from '@ralph/protocol/contract/state-file';
import { identityOf } from '@ralph/protocol/process/process-identity';
import { activityOf, isActive, isLost } from '../src/records/record-activity.ts';

const NOW = new Date('2026-06-02T00:00:00Z');
const self = identityOf(process.pid);
if (self === undefined) throw new Error('this process has no identity');
const ours = { attempt: 1, identity: self };
const gone = { attempt: 1, identity: { ...self, start_time: '1' } };
const HEAD = 'a'.repeat(40);

function record(fields: Partial<WorkerRecord>): WorkerRecord {
  return { task_id: 'A', workspace_path: '', started_at: '', lifecycle: 'running', push_attempts: 0, ...fields };
}

const nobody = () => false;

describe('activityOf', () => {
  it.each<[string, Partial<WorkerRecord>, string]>([
    ['running, its process lives', ours, 'at_work'],
    ['running, its process lives and has finished', { ...ours, head_commit: HEAD }, 'at_work'],
    ['running, its process is gone', gone, 'lost'],
    ['running, its process is gone and had finished', { ...gone, head_commit: HEAD }, 'waiting'],
    ['running without a process', { attempt: 1 }, 'lost'],
    ['integrating, its process lives', { ...ours, lifecycle: 'integrating' }, 'at_work'],
    ['integrating, its process is gone', { ...gone, lifecycle: 'integrating', head_commit: HEAD }, 'lost'],
    ['running, of another tool, for an hour', { started_at: '2026-06-01T23:00:00Z' }, 'believed'],
    [
      'integrating, of another tool, for an hour',
      { lifecycle: 'integrating', started_at: '2026-06-01T23:00:00Z' },
      'believed',
    ],
    ['running, of another tool, for a day', { started_at: '2026-06-01T00:00:00Z' }, 'lost'],
    ['running, of another tool, since nobody knows when', { started_at: 'soon' }, 'lost'],
    ['completed, its process lives', { ...ours, lifecycle: 'completed' }, 'ended'],
    ['blocked, its process is gone', { ...gone, lifecycle: 'blocked_push' }, 'ended'],
    ['failed', { lifecycle: 'failed' }, 'ended'],
  ])('%s', (_title, fields, activity) => {
    expect(activityOf(record(fields), NOW, nobody)).toBe(activity);
  });

  it.each<[string, Partial<WorkerRecord>, string]>([
    ['its workspace is ready', { attempt: 1 }, 'at_work'],
    ['its agent has ended', gone, 'at_work'],
    ['its integration is about to begin', { ...gone, head_commit: HEAD }, 'at_work'],
    ['it has failed', { ...gone, lifecycle: 'failed' }, 'ended'],
  ])('believes whoever has claimed the task: %s', (_title, fields, activity) => {
    expect(activityOf(record(fields), NOW, (task) => task === 'A')).toBe(activity);
    expect(activityOf(record(fields), NOW, (task) => task === 'B')).not.toBe('at_work');
  });

  it('never says of one record that it is both active and lost', () => {
    for (const lifecycle of LIFECYCLES)
      for (const fields of [ours, gone, { attempt: 1 }, {}, { ...gone, head_commit: HEAD }]) {
        const each = record({ ...fields, lifecycle });
        expect(isActive(each, NOW, nobody) && isLost(each, NOW, nobody)).toBe(false);
      }
  });
});
