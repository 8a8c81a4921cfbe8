import { describe, expect, it } from 'vitest';
import { errorRecord } from '@ralph/protocol/testing/run-built-program';
import { temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { identityOf } from '@ralph/protocol/process/process-identity';
import { ralphState, STATE, stateOnDisk } from './support/repository.ts';

function withRecords(...workers: readonly object[]): TestRepository {
  const repository = temporaryRepository();
  repository.write(STATE, JSON.stringify({ schema_version: 3, started_at: '', target_branch: 'main', workers }));
  return repository;
}

const ended = (task_id: string) => ({
  task_id,
  workspace_path: '/w',
  lifecycle: 'blocked_push',
  started_at: '',
  push_attempts: 1,
});

describe('ralph-state remove', () => {
  it('drops the record of a task that has ended, and only that one', async () => {
    const { root } = withRecords(ended('RQ-1'), ended('RQ-2'), ended('RQ-3'));
    expect(await ralphState(root, ['remove', 'RQ-2'])).toMatchObject({ status: 0, stderr: '' });
    expect(stateOnDisk(root).workers.map(({ task_id }) => task_id)).toEqual(['RQ-1', 'RQ-3']);
  });

  it('lets a blocked task be selected again', async () => {
    const { root, queue } = withRecords(ended('RQ-0001'));
    queue([{ id: 'RQ-0001', title: 'again', status: 'todo' }]);
    expect((await ralphState(root, ['task', 'next'])).stdout).toBe('');
    await ralphState(root, ['remove', 'RQ-0001']);
    expect((await ralphState(root, ['task', 'next'])).stdout).toContain('"id":"RQ-0001"');
  });

  it('ends with 6 for a task that has no record', async () => {
    const { root } = withRecords(ended('RQ-1'));
    const { status, stderr } = await ralphState(root, ['remove', 'RQ-9']);
    expect([status, errorRecord(stderr)['code']]).toEqual([6, 'record_not_found']);
  });

  it('drops the record of another tool that seems at work only when it is told to', async () => {
    const foreign = { ...ended('RQ-1'), lifecycle: 'running', started_at: new Date().toISOString() };
    const { root, read } = withRecords(foreign);
    const before = read(STATE);
    const { status, stderr } = await ralphState(root, ['remove', 'RQ-1']);
    expect({ status, error: errorRecord(stderr) }).toMatchObject({
      status: 75,
      error: { code: 'record_active', hint: expect.stringContaining('ralph-state remove RQ-1 --force') },
    });
    expect(read(STATE)).toBe(before);
    expect(await ralphState(root, ['remove', 'RQ-1', '--force'])).toMatchObject({ status: 0 });
    expect(stateOnDisk(root).workers).toEqual([]);
  });

  it('drops what was lost', async () => {
    const gone = { attempt: 1, identity: { pid: 1, start_time: 'x', boot_id: 'x' } };
    const { root } = withRecords({ ...ended('RQ-1'), lifecycle: 'integrating', ...gone });
    expect(await ralphState(root, ['remove', 'RQ-1'])).toMatchObject({ status: 0 });
  });

  it.each([[['remove', 'RQ-1']], [['remove', 'RQ-1', '--force']]])(
    '%j refuses while the process of the record is alive, and changes nothing',
    async (args) => {
      const record = { ...ended('RQ-1'), lifecycle: 'running', attempt: 1, identity: identityOf(process.pid) };
      const { root, read } = withRecords(record);
      const before = read(STATE);
      const { status, stderr } = await ralphState(root, args);
      expect([status, errorRecord(stderr)['code']]).toEqual([75, 'record_active']);
      expect(read(STATE)).toBe(before);
    },
  );
});
