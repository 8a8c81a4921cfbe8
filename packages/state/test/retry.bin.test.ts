import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { identityOf } from '@ralph/protocol/process/process-identity';
import { errorRecord, records, startProgram } from '@ralph/protocol/testing/run-built-program';
import { temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { agentStarted, stream, taskFailed } from './support/events.ts';
import { ralphState, STATE, stateOnDisk } from './support/repository.ts';

const GONE = { attempt: 1, identity: { pid: 1, start_time: 'x', boot_id: 'x' } };

function record(task_id: string, lifecycle: string, fields: object = {}): object {
  return { task_id, workspace_path: '/w', lifecycle, started_at: '', push_attempts: 2, ...fields };
}

function withRecords(...workers: readonly object[]): TestRepository {
  const repository = temporaryRepository();
  repository.write(STATE, JSON.stringify({ schema_version: 3, started_at: '', target_branch: 'main', workers }));
  return repository;
}

async function refusal(repository: TestRepository, ...ids: string[]) {
  const before = repository.read(STATE);
  const { status, stdout, stderr } = await ralphState(repository.root, ['retry', ...ids]);
  expect({ stdout, state: repository.read(STATE) }).toEqual({ stdout: '', state: before });
  const { code, message, hint } = errorRecord(stderr);
  return { status, code, message, hint };
}

describe('ralph-state retry', () => {
  it('M60: asks for blocked and failed tasks again, prints them, and changes nothing else', async () => {
    const blocked = record('A', 'blocked_push', { last_error: 'conflict', completed_at: 'then', theirs: 1 });
    const { root } = withRecords(blocked, record('B', 'failed'), record('C', 'failed'));
    const { status, stdout } = await ralphState(root, ['retry', 'A', 'B', 'A']);
    expect(status).toBe(0);
    const [first, second, ...others] = records(stdout);
    expect([first?.['task_id'], second?.['task_id'], others]).toEqual(['A', 'B', []]);
    const at = String(first?.['retry_requested_at']);
    expect(new Date(at).toISOString()).toBe(at);
    expect(first).toEqual({ ...blocked, retry_requested_at: at });
    expect(stateOnDisk(root).workers).toMatchObject([
      { ...blocked, retry_requested_at: at },
      { task_id: 'B', lifecycle: 'failed', retry_requested_at: at },
      { task_id: 'C' },
    ]);
    expect(stateOnDisk(root).workers[2]).not.toHaveProperty('retry_requested_at');
  });

  it('is content when asked twice, and writes nothing then', async () => {
    const { root, read } = withRecords(record('A', 'failed'));
    const first = await ralphState(root, ['retry', 'A']);
    const written = read(STATE);
    expect(await ralphState(root, ['retry', 'A'])).toEqual(first);
    expect(read(STATE)).toBe(written);
  });

  it('lets only those that land from kept commits be selected while no agent may be started', async () => {
    const { root, queue } = withRecords(record('RQ-0002', 'blocked_push', { attempt: 3 }));
    queue(['RQ-0001', 'RQ-0002'].map((id) => ({ id, title: id, status: 'todo' })));
    const select = stream({ type: 'task.select', finished_only: true });
    const ask = async () => records((await ralphState(root, ['apply', '--answer'], select)).stdout);
    expect(await ask()).toMatchObject([{ ok: true, task: null, waiting: { blocked: 1 } }]);
    await ralphState(root, ['retry', 'RQ-0002']);
    expect(await ask()).toMatchObject([{ task: { id: 'RQ-0002', attempt: 4 }, resume: { attempt: 3 } }]);
  });

  it('lets a blocked task be selected again, as its next attempt', async () => {
    const { root, queue } = withRecords(record('RQ-0001', 'blocked_push', { attempt: 3 }));
    queue([{ id: 'RQ-0001', title: 'again', status: 'todo' }]);
    expect((await ralphState(root, ['task', 'next'])).stdout).toBe('');
    await ralphState(root, ['retry', 'RQ-0001']);
    expect(records((await ralphState(root, ['task', 'next'])).stdout)).toMatchObject([{ id: 'RQ-0001', attempt: 4 }]);
  });

  it('has the kept commits of a blocked task landed by whoever selects it, or with --fresh a new attempt made', async () => {
    const kept = { attempt: 3, base_commit: 'b'.repeat(40), head_commit: 'a'.repeat(40), log_path: '/l' };
    const { root, queue } = withRecords(record('RQ-0001', 'blocked_push', { ...kept, completed_at: '' }));
    queue([{ id: 'RQ-0001', title: 'again', status: 'todo' }]);
    const select = async () => {
      const asked = stream({ type: 'task.select', exclude: ['RQ-0001'] });
      return records((await ralphState(root, ['apply', '--answer'], asked)).stdout)[0];
    };
    expect(await select()).toMatchObject({ task: null });
    expect((await ralphState(root, ['retry', 'RQ-0001', '--format', 'table'])).stdout).toContain(
      'lands it from the commits that are kept',
    );
    const resume = { ...kept, workspace_path: '/w' };
    expect(await select()).toMatchObject({ task: { id: 'RQ-0001', attempt: 4 }, resume });
    expect((await ralphState(root, ['retry', 'RQ-0001', '--fresh', '--format', 'table'])).stdout).toContain(
      'as a new attempt',
    );
    const fresh = await select();
    expect(fresh).toMatchObject({ task: { id: 'RQ-0001', attempt: 4 } });
    expect(fresh).not.toHaveProperty('resume');
  });

  it('calls a lost record failed', async () => {
    const { root } = withRecords(record('A', 'running', GONE));
    expect(await ralphState(root, ['retry', 'A'])).toMatchObject({ status: 0 });
    expect(stateOnDisk(root).workers).toMatchObject([
      { lifecycle: 'failed', last_error: 'lost: its process is gone', retry_requested_at: expect.any(String) },
    ]);
  });

  it('M60: refuses what has landed', async () => {
    expect(await refusal(withRecords(record('A', 'completed')), 'A')).toMatchObject({
      status: 65,
      code: 'illegal_transition',
      message: 'Task A has already completed successfully. No retry needed.',
    });
  });

  it('M60: refuses what is at work', async () => {
    const active = record('A', 'running', { attempt: 1, identity: identityOf(process.pid) });
    expect(await refusal(withRecords(active), 'A')).toMatchObject({
      status: 75,
      code: 'record_active',
      message: 'Task A is currently running. Cannot retry an active worker.',
    });
    const foreign = withRecords(record('A', 'integrating', { started_at: new Date().toISOString() }));
    expect(await refusal(foreign, 'A')).toMatchObject({
      status: 75,
      hint: expect.stringContaining('ralph-state remove A --force'),
    });
  });

  it('M60: refuses what is not known, and where there is no state at all it makes none', async () => {
    expect(await refusal(withRecords(record('A', 'failed')), 'B')).toMatchObject({
      status: 6,
      code: 'record_not_found',
      message: 'Task B not found in parallel state',
    });
    const { root } = temporaryRepository();
    const { status, stderr } = await ralphState(root, ['retry', 'A']);
    expect({ status, error: errorRecord(stderr) }).toMatchObject({
      status: 6,
      error: { message: 'No parallel run state found.', hint: expect.stringContaining('ralph-orchestrate run') },
    });
    expect(existsSync(join(root, '.ralph'))).toBe(false);
  });

  it('M60: changes none of several when one of them cannot be', async () => {
    const repository = withRecords(record('A', 'failed'), record('B', 'completed'));
    expect(await refusal(repository, 'A', 'B')).toMatchObject({ status: 65 });
    expect(await refusal(repository, 'A', 'C')).toMatchObject({ status: 6 });
  });

  it('is not lost when a run is writing all the while (C20)', async () => {
    const { root } = withRecords(record('A', 'blocked_push', { attempt: 1 }));
    const keeper = startProgram('ralph-state', ['apply', '--answer'], { cwd: root });
    let answered = 0;
    keeper.stdout.on('data', (text: Buffer) => (answered += text.toString().split('\n').length - 1));
    keeper.stdin.write(stream(agentStarted({ task: 'B' })));
    await waitUntil('the run has written', () => answered === 1);
    await ralphState(root, ['retry', 'A']);
    keeper.stdin.write(stream(taskFailed({ task: 'B' })));
    await waitUntil('the run has written again', () => answered === 2);
    expect(stateOnDisk(root).workers).toMatchObject([
      { task_id: 'A', lifecycle: 'blocked_push', retry_requested_at: expect.any(String) },
      { task_id: 'B', lifecycle: 'failed' },
    ]);
  });

  it('tells a person what comes next', async () => {
    const { root } = withRecords(record('A', 'blocked_push'));
    expect((await ralphState(root, ['retry', 'A', '--format', 'table'])).stdout).toBe(
      'A (blocked_push) is asked for again: the next run takes it up as a new attempt\n',
    );
  });
});
