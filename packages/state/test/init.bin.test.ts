import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { identityOf } from '@ralph/protocol/process/process-identity';
import { errorRecord, records } from '@ralph/protocol/testing/run-built-program';
import { temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { besideState, ralphState, STATE, stateOnDisk } from './support/repository.ts';

function withState(state: object): TestRepository {
  const repository = temporaryRepository();
  repository.write(STATE, JSON.stringify({ schema_version: 3, started_at: '2026-01-01T00:00:00Z', ...state }));
  return repository;
}

function record(lifecycle: string, fields: object = {}): object {
  return {
    task_id: 'RQ-0001',
    workspace_path: '/w',
    lifecycle,
    started_at: new Date().toISOString(),
    push_attempts: 0,
    ...fields,
  };
}

describe('ralph-state init', () => {
  it('makes a state file, and leaves nothing else in the folder but its lock (M15)', async () => {
    const { root } = temporaryRepository();
    const { status, stdout } = await ralphState(root, ['init', '--target-branch', 'main']);
    expect(status).toBe(0);
    expect(records(stdout)).toEqual([
      {
        state_path: join(root, STATE),
        target_branch: 'main',
        revision: 1,
        records: 0,
        open_records: 0,
        notes: [],
        lost: [],
        finished_workspaces: [],
      },
    ]);
    const state = stateOnDisk(root);
    expect(state).toMatchObject({ schema_version: 3, target_branch: 'main', workers: [] });
    expect(new Date(state.started_at).toISOString()).toBe(state.started_at);
    expect(besideState(root)).toEqual(['state.json', 'state.lock']);
  });

  it('takes the branch that is checked out when none is named, and asks for one when none is', async () => {
    const { root, git } = temporaryRepository();
    git('checkout', '-q', '-b', 'topic');
    await ralphState(root, ['init']);
    expect(stateOnDisk(root).target_branch).toBe('topic');
    git('checkout', '-q', '--detach');
    const { status, stderr } = await ralphState(root, ['init']);
    expect({ status, code: errorRecord(stderr)['code'] }).toEqual({ status: 78, code: 'detached_head' });
  });

  it('changes nothing the second time', async () => {
    const { root, read } = temporaryRepository();
    await ralphState(root, ['init']);
    const first = read(STATE);
    await ralphState(root, ['init']);
    expect(read(STATE)).toBe(first);
  });

  it.each([
    ['1h', []],
    ['3h', ['RQ-0001']],
  ])('keeps the records that ended less than --older-than %s ago', async (limit, kept) => {
    const ended = new Date(Date.now() - 2 * 3_600_000).toISOString();
    const { root } = withState({ target_branch: 'main', workers: [record('failed', { completed_at: ended })] });
    expect(await ralphState(root, ['init', '--older-than', limit])).toMatchObject({ status: 0 });
    expect(stateOnDisk(root).workers.map(({ task_id }) => task_id)).toEqual(kept);
  });

  it('takes over a file of version 2 (M17)', async () => {
    const { root } = withState({ schema_version: 2, base_branch: 'main', workers: [{ any: 1 }] });
    expect(await ralphState(root, ['init'])).toMatchObject({ status: 0 });
    expect(stateOnDisk(root)).toMatchObject({ schema_version: 3, target_branch: 'main', workers: [] });
  });

  it('refuses another branch while a process is at work, byte for byte (M22)', async () => {
    const { root, read } = withState({
      target_branch: 'old',
      workers: [record('running', { attempt: 1, identity: identityOf(process.pid) })],
    });
    const before = read(STATE);
    const { status, stderr } = await ralphState(root, ['init', '--target-branch', 'main']);
    const error = errorRecord(stderr);
    expect({ status, code: error['code'] }).toEqual({ status: 78, code: 'target_branch_mismatch' });
    expect(error['message']).toBe(
      "Parallel state target branch 'old' does not match current branch 'main'. Unsafe to retarget because 1 worker(s) are active.",
    );
    expect(error['hint']).toMatch(/checkout 'old'.*delete/);
    expect(read(STATE)).toBe(before);
  });

  it('needs no file to be deleted when another tool left the record: --force drops it (M22)', async () => {
    const { root } = withState({ target_branch: 'old', workers: [record('running')] });
    const { stderr } = await ralphState(root, ['init', '--target-branch', 'main']);
    const advice = String(errorRecord(stderr)['hint']);
    const [, id = ''] = /ralph-state remove (\S+) --force/.exec(advice) ?? [];
    expect(await ralphState(root, ['remove', id, '--force'])).toMatchObject({ status: 0 });
    expect(await ralphState(root, ['init', '--target-branch', 'main'])).toMatchObject({ status: 0 });
    expect(stateOnDisk(root)).toMatchObject({ target_branch: 'main', workers: [] });
  });

  it('names the workspaces of what has ended, and touches neither them nor the records (M25)', async () => {
    const { root, write } = withState({
      target_branch: 'main',
      workers: [
        record('completed', { task_id: 'A', workspace_path: 'w/A' }),
        record('failed', { task_id: 'B', workspace_path: 'w/B' }),
        record('blocked_push', { task_id: 'C', workspace_path: 'w/C' }),
        record('failed', { task_id: 'D', workspace_path: 'w/D' }),
      ],
    });
    for (const id of ['A', 'B', 'C']) write(`w/${id}/file`, id);
    const { stdout, stderr: quiet } = await ralphState(root, ['init', '--target-branch', 'main']);
    expect(records(stdout)).toMatchObject([
      {
        records: 4,
        finished_workspaces: [
          { task_id: 'A', lifecycle: 'completed', workspace_path: 'w/A' },
          { task_id: 'B', lifecycle: 'failed', workspace_path: 'w/B' },
        ],
      },
    ]);
    const { stderr } = await ralphState(root, ['init', '--target-branch', 'main', '--format', 'table']);
    expect(quiet).toBe('');
    expect(stderr).toContain(`(A, B); to remove one: ralph-worker remove A --workspace-root ${root}/w`);
    expect(['A', 'B', 'C'].map((id) => existsSync(join(root, `w/${id}/file`)))).toEqual([true, true, true]);
    expect((await ralphState(root, ['init', '--format', 'table', '--quiet'])).stderr).toBe('');
  });

  it('calls a record failed whose process is gone, and says so', async () => {
    const self = identityOf(process.pid);
    const { root } = withState({
      target_branch: 'old',
      workers: [record('running', { attempt: 1, identity: { ...self, start_time: '1' } })],
    });
    const { status, stderr } = await ralphState(root, ['init', '--target-branch', 'main']);
    expect(status).toBe(0);
    expect(stderr).toContain('RQ-0001 was running, but its process is gone');
    expect(stateOnDisk(root).workers).toMatchObject([
      { lifecycle: 'failed', last_error: 'lost: its process is gone', error_code: 'owner_gone' },
    ]);
  });

  it('drops a record that ended a day ago and keeps a blocked one whose workspace is there (M24)', async () => {
    const ended = { completed_at: '2026-01-01T00:00:00Z' };
    const { root, folder } = withState({
      target_branch: 'main',
      workers: [record('failed', ended), record('blocked_push', ended)],
    });
    await ralphState(root, ['init']);
    expect(stateOnDisk(root).workers).toEqual([]);
    const kept = withState({
      target_branch: 'main',
      workers: [record('blocked_push', { ...ended, workspace_path: folder })],
    });
    await ralphState(kept.root, ['init']);
    expect(stateOnDisk(kept.root).workers).toHaveLength(1);
  });
});

describe('a state file that cannot be used', () => {
  it.each([
    ['cut off', '{', 'state_corrupt', 65],
    [
      'with an unknown lifecycle',
      '{"schema_version":3,"workers":[{"task_id":"A","lifecycle":"paused"}]}',
      'state_corrupt',
      65,
    ],
    ['of a newer version', '{"schema_version":4,"workers":[]}', 'state_newer', 65],
  ])('%s stops init, list and apply, and stays as it is (M18)', async (_title, text, code, exit) => {
    const { root, write, read } = temporaryRepository();
    write(STATE, text);
    for (const args of [['init'], ['list'], ['apply']]) {
      const { status, stderr, stdout } = await ralphState(root, args, '{"type":"other"}\n');
      expect({ status, stdout, error: errorRecord(stderr) }).toMatchObject({
        status: exit,
        stdout: '',
        error: { code, message: expect.stringContaining(STATE) },
      });
    }
    expect(read(STATE)).toBe(text);
  });

  it('being a folder is an error of the file system', async () => {
    const { root } = temporaryRepository();
    mkdirSync(join(root, STATE), { recursive: true });
    for (const args of [['init'], ['list']]) {
      const { status, stderr } = await ralphState(root, args);
      expect({ status, error: errorRecord(stderr) }).toMatchObject({
        status: 74,
        error: { code: 'io', message: expect.stringContaining(STATE) },
      });
    }
  });
});
