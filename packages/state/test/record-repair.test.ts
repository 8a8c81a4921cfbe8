import { describe, expect, it } from 'vitest';
import type { WorkerRecord } from '@ralph/protocol/contract/state-file';
import { mendRecord, withoutTwins } from '../src/repair/record-repair.ts';

const NOW = new Date('2026-06-01T00:00:00Z');

function record(fields: Partial<WorkerRecord> & { mark?: string }): WorkerRecord {
  return { task_id: 'A', workspace_path: '', lifecycle: 'failed', started_at: '', push_attempts: 0, ...fields };
}

describe('mendRecord', () => {
  it('leaves a sound record as it is, unknown fields included', () => {
    const sound = record({ attempt: 2, mark: 'theirs' });
    expect(mendRecord(sound, NOW)).toEqual({ record: sound, faults: [] });
  });

  it('turns a lifecycle that is not known into failed, and says so in the record', () => {
    const { record: mended, faults } = mendRecord({ task_id: 'A', lifecycle: 'paused' }, NOW);
    expect(mended).toMatchObject({
      lifecycle: 'failed',
      last_error: 'repair: lifecycle "paused" is not known',
      completed_at: '2026-06-01T00:00:00.000Z',
    });
    expect(faults).toMatchObject([{ code: 'record_bad_field', field: 'lifecycle' }]);
  });

  it('drops bad fields and names each', () => {
    const bad = { task_id: 'A', lifecycle: 'failed', attempt: 0, base_commit: 'x', identity: { pid: 0 }, title: 't' };
    const { record: mended, faults } = mendRecord(bad, NOW);
    expect(mended).toEqual(record({ title: 't' }));
    expect(new Set(faults.map(({ field }) => field))).toEqual(new Set(['attempt', 'base_commit', 'identity']));
  });

  it.each([[{ lifecycle: 'failed' }], [{ task_id: ' ' }], [{ task_id: 7 }], [null], ['text'], [[]]])(
    'makes nothing of %j',
    (value) => {
      expect(mendRecord(value, NOW)).toMatchObject({ record: undefined, faults: [{ code: 'record_without_task' }] });
    },
  );
});

describe('withoutTwins', () => {
  it('leaves the highest attempt, the later of two such, where the first stood (M20)', () => {
    const { records, dropped } = withoutTwins([
      record({ attempt: 1 }),
      record({ task_id: 'B', mark: 'first' }),
      record({ attempt: 3, mark: 'first' }),
      record({ attempt: 3, mark: 'later' }),
      record({ task_id: 'B', mark: 'later' }),
      record({ attempt: 2 }),
    ]);
    expect(records).toEqual([record({ attempt: 3, mark: 'later' }), record({ task_id: 'B', mark: 'later' })]);
    expect(dropped).toMatchObject([
      { index: 0, taskId: 'A', attempt: 1, kept: 3 },
      { index: 2, taskId: 'A', attempt: 3, kept: 3 },
      { index: 1, taskId: 'B', attempt: 0, kept: 0 },
      { index: 5, taskId: 'A', attempt: 2, kept: 3 },
    ]);
  });
});
