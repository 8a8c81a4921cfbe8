import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  builtProgram,
  errorRecord,
  records,
  startProgram,
  transcriptOf,
} from '@ralph/protocol/testing/run-built-program';
import { testEnvironment } from '@ralph/protocol/testing/test-environment';
import { queueTask, temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { ralphState, STATE } from './support/repository.ts';

function withRecords(count: number): TestRepository {
  const repository = temporaryRepository();
  const lifecycles = ['failed', 'completed', 'blocked_push'];
  const workers = Array.from({ length: count }, (_, index) => ({
    task_id: `RQ-${index}`,
    workspace_path: '/w',
    lifecycle: lifecycles[index % 3],
    started_at: new Date(Date.now() - 7_200_000).toISOString(),
    push_attempts: 0,
    attempt: 2,
    target_branch: 'topic',
    last_error: 'first line\nsecond line',
    theirs: 'kept',
  }));
  repository.write(STATE, JSON.stringify({ schema_version: 3, target_branch: 'main', workers }));
  return repository;
}

describe('ralph-state list', () => {
  it('prints a record per line, as plain JSON with its task_id', async () => {
    const { status, stdout } = await ralphState(withRecords(3).root, ['list']);
    expect(status).toBe(0);
    expect(records(stdout).map(({ task_id, theirs }) => [task_id, theirs])).toEqual([
      ['RQ-0', 'kept'],
      ['RQ-1', 'kept'],
      ['RQ-2', 'kept'],
    ]);
  });

  it('prints nothing, and is content, where there is no state', async () => {
    expect(await ralphState(temporaryRepository().root, ['list'])).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it('chooses by lifecycle, more than one if asked', async () => {
    const { root } = withRecords(3);
    const chosen = async (...args: string[]) =>
      records((await ralphState(root, ['list', ...args])).stdout).map((r) => r['task_id']);
    expect(await chosen('--lifecycle', 'failed')).toEqual(['RQ-0']);
    expect(await chosen('--lifecycle', 'failed', '--lifecycle', 'completed')).toEqual(['RQ-0', 'RQ-1']);
  });

  it('refuses an unknown lifecycle and names the nearest one', async () => {
    const { status, stderr } = await ralphState(withRecords(1).root, ['list', '--lifecycle', 'fail']);
    expect(status).toBe(64);
    expect(errorRecord(stderr)['message']).toBe('unknown lifecycle fail; did you mean failed?');
  });

  it('says that stdout cannot be written, and where that is no closed pipe ends with 74', ({ skip }) => {
    skip(!existsSync('/dev/full'), 'there is no /dev/full here');
    const { root } = withRecords(3);
    const command = `"${process.execPath}" "${builtProgram('ralph-state')}" list > /dev/full`;
    const { status, stderr } = spawnSync('sh', ['-c', command], {
      cwd: root,
      env: testEnvironment(),
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 74, stderr: expect.stringContaining('cannot write stdout: ENOSPC') });
  });

  it('shows a table to a person', async () => {
    const { stdout } = await ralphState(withRecords(1).root, ['list', '--format', 'table']);
    expect(stdout).toBe(
      'TASK  LIFECYCLE  AGE  ATTEMPTS  BRANCH  LAST ERROR\nRQ-0  failed     2h   2         topic   first line\n',
    );
  });

  it('says that a running record is lost when its process is gone', async () => {
    const { root, write } = temporaryRepository();
    const lost = { task_id: 'A', attempt: 1, identity: { pid: 1, start_time: 'x', boot_id: 'x' } };
    write(STATE, JSON.stringify({ schema_version: 3, workers: [lost] }));
    expect(records((await ralphState(root, ['list'])).stdout)).toMatchObject([{ lifecycle: 'running', lost: true }]);
    expect((await ralphState(root, ['list', '--format', 'table'])).stdout).toContain('running (lost)');
  });

  it('says so too of an integration, and not of work that waits for one', async () => {
    const { root, write } = temporaryRepository();
    const gone = { attempt: 1, identity: { pid: 1, start_time: 'x', boot_id: 'x' } };
    const workers = [
      { task_id: 'A', lifecycle: 'integrating', head_commit: 'a'.repeat(40), ...gone },
      { task_id: 'B', lifecycle: 'running', head_commit: 'a'.repeat(40), ...gone },
    ];
    write(STATE, JSON.stringify({ schema_version: 3, workers }));
    const { stdout } = await ralphState(root, ['list']);
    expect(records(stdout).map(({ task_id, lost }) => [task_id, lost])).toEqual([
      ['A', true],
      ['B', undefined],
    ]);
    expect((await ralphState(root, ['list', '--format', 'table'])).stdout).toMatch(/integrating \(lost\)/);
  });

  it('says that a retry was asked for', async () => {
    const { root, write } = temporaryRepository();
    const asked = { task_id: 'A', lifecycle: 'failed', retry_requested_at: '2026-01-01T00:00:00Z' };
    write(STATE, JSON.stringify({ schema_version: 3, workers: [asked] }));
    expect((await ralphState(root, ['list', '--format', 'table'])).stdout).toContain('failed (retry)');
  });

  it('works from a folder inside the repository', async () => {
    const { root, write } = withRecords(1);
    write('deep/down/file', '');
    expect(records((await ralphState(`${root}/deep/down`, ['list'])).stdout)).toHaveLength(1);
  });

  it('ends without a word when head has seen enough', () => {
    const { root } = withRecords(5000);
    const { stdout, stderr } = spawnSync(
      'sh',
      ['-c', '{ "$NODE" "$PROGRAM" list; echo "status $?" >&2; } | head -n 1'],
      {
        cwd: root,
        env: { ...testEnvironment(), NODE: process.execPath, PROGRAM: builtProgram('ralph-state') },
        encoding: 'utf8',
      },
    );
    expect(records(stdout)).toHaveLength(1);
    expect(stderr).toMatch(/^status (?:0|141)\n$/);
  });

  it('ends without a word when nobody reads', async () => {
    const child = startProgram('ralph-state', ['list'], { cwd: withRecords(5000).root });
    child.stdout.destroy();
    const { status, stderr } = await transcriptOf(child);
    expect([0, 141]).toContain(status);
    expect(stderr).toBe('');
  });
});

describe('what a person sees of a title or an error that others wrote', () => {
  it.each([
    ['list', ['list']],
    ['get', ['get', 'A']],
    ['task list', ['task', 'list']],
  ])('cannot move or colour the terminal: %s', async (_title, args) => {
    const { root, write, queue } = temporaryRepository();
    const text = 'x\u001b[2Jy\u009bz\u0007';
    write(STATE, JSON.stringify({ schema_version: 3, workers: [{ task_id: 'A', attempt: 1, last_error: text }] }));
    queue([queueTask('A', { title: text })]);
    const { status, stdout } = await ralphState(root, [...args, '--format', 'table']);
    expect(status).toBe(0);
    expect(stdout).toContain('[2Jy');
    expect(stdout).not.toMatch(/[^\P{Cc}\n]/u);
  });
});

describe('ralph-state get', () => {
  it('prints one record', async () => {
    const { status, stdout } = await ralphState(withRecords(3).root, ['get', 'RQ-1']);
    expect({ status, records: records(stdout) }).toMatchObject({
      status: 0,
      records: [{ task_id: 'RQ-1', lifecycle: 'completed' }],
    });
  });

  it('says that there is no such record', async () => {
    const { status, stdout, stderr } = await ralphState(withRecords(1).root, ['get', 'RQ-9']);
    expect({ status, stdout, error: errorRecord(stderr) }).toMatchObject({
      status: 6,
      stdout: '',
      error: { code: 'record_not_found', task_id: 'RQ-9' },
    });
  });
});
