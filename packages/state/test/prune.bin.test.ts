import { chmodSync, existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorRecord, records } from '@ralph/protocol/testing/run-built-program';
import { temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { ralphState, STATE, stateOnDisk } from './support/repository.ts';

const LONG_AGO = '2026-01-01T00:00:00Z';

function ended(task_id: string, fields: object = {}): object {
  const times = { started_at: LONG_AGO, completed_at: LONG_AGO };
  return { task_id, workspace_path: '', lifecycle: 'failed', push_attempts: 0, ...times, ...fields };
}

function withRecords(...workers: readonly object[]): TestRepository {
  const repository = temporaryRepository();
  repository.write(STATE, JSON.stringify({ schema_version: 3, started_at: '', target_branch: 'main', workers }));
  return repository;
}

function idsOf(root: string): string[] {
  return stateOnDisk(root).workers.map(({ task_id }) => task_id);
}

describe('ralph-state prune', () => {
  it('drops what ended a day ago and prints it; the rest stays as it was', async () => {
    const at = new Date().toISOString();
    const young = ended('B', { started_at: at, completed_at: at, theirs: 1 });
    const running = ended('C', { lifecycle: 'running', attempt: 1, identity: { pid: 1, start_time: '', boot_id: '' } });
    const { root } = withRecords(ended('A'), young, running, ended('D', { lifecycle: 'completed' }));
    const { status, stdout } = await ralphState(root, ['prune']);
    expect(status).toBe(0);
    expect(records(stdout).map(({ task_id }) => task_id)).toEqual(['A', 'D']);
    expect(stateOnDisk(root).workers).toMatchObject([{ task_id: 'B', theirs: 1 }, { task_id: 'C' }]);
    expect((await ralphState(root, ['prune'])).stdout).toBe('');
  });

  it('only says so with --dry-run, and then does not write', async () => {
    const { root, read } = withRecords(ended('A'));
    const before = read(STATE);
    expect(records((await ralphState(root, ['prune', '--dry-run'])).stdout)).toMatchObject([{ task_id: 'A' }]);
    expect(read(STATE)).toBe(before);
    expect(existsSync(join(root, '.ralph/cache/parallel/state.lock'))).toBe(false);
  });

  it('takes the age that is asked for', async () => {
    const completed_at = new Date(Date.now() - 3_600_000).toISOString();
    const { root } = withRecords(ended('A', { completed_at }));
    await ralphState(root, ['prune', '--older-than', '2h']);
    expect(idsOf(root)).toEqual(['A']);
    await ralphState(root, ['prune', '--older-than', '30m']);
    expect(idsOf(root)).toEqual([]);
    const { status, stderr } = await ralphState(root, ['prune', '--older-than', 'soon']);
    expect([status, errorRecord(stderr)['code']]).toEqual([64, 'usage']);
  });

  it('never forgets work whose workspace is there, however it is named, or cannot be looked at', async () => {
    const at = (task_id: string, workspace_path: string) => ended(task_id, { workspace_path });
    const repository = withRecords(at('A', 'in/side'), at('B', '../beside'), at('C', 'link'), at('D', 'locked/in'));
    const { root } = repository;
    mkdirSync(join(root, 'in/side'), { recursive: true });
    mkdirSync(join(repository.folder, 'beside'));
    symlinkSync('/nowhere', join(root, 'link'));
    mkdirSync(join(root, 'locked'));
    chmodSync(join(root, 'locked'), 0);
    const mayLook = process.getuid?.() === 0;
    await ralphState(root, ['prune']);
    chmodSync(join(root, 'locked'), 0o755);
    expect(idsOf(root)).toEqual(mayLook ? ['A', 'B', 'C'] : ['A', 'B', 'C', 'D']);
  });

  it('is content where there is no state file, and makes none', async () => {
    const { root } = temporaryRepository();
    expect(await ralphState(root, ['prune'])).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(existsSync(join(root, '.ralph'))).toBe(false);
  });

  it('shows a table to a person', async () => {
    const { root } = withRecords(ended('A', { last_error: 'it\u001b[2J broke\nbadly' }));
    const { stdout } = await ralphState(root, ['prune', '--dry-run', '--format', 'table']);
    expect(stdout).toMatch(/^TASK {2}LIFECYCLE {2}ENDED {2}LAST ERROR\nA {5}failed {5}\d+d {3,}it \[2J broke\n$/);
  });
});
