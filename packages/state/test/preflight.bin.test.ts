import { execFileSync } from 'node:child_process';
import { existsSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorRecord, records, runProgram } from '@ralph/protocol/testing/run-built-program';
import { queueTask, temporaryRepository } from '@ralph/protocol/testing/temporary-repository';

const preflight = (cwd: string, ...args: readonly string[]) =>
  runProgram('ralph-state', ['preflight', ...args], { cwd });

const rowOf = (stdout: string, check: string) => records(stdout).find((row) => row['check'] === check);

describe('ralph-state preflight', () => {
  it('is ready where everything can be read, and makes nothing', async () => {
    const repo = temporaryRepository();
    repo.queue([queueTask('RQ-0001')]);
    const { status, stdout } = await preflight(repo.root);
    expect({ status, row: records(stdout) }).toEqual({ status: 0, row: [{ ready: true, queued: 1, done: 0 }] });
    expect(existsSync(join(repo.root, '.ralph/cache'))).toBe(false);
  });

  it('ends with the first failure, or tells all of them with --report', async () => {
    const repo = temporaryRepository();
    repo.queue([queueTask('RQ-0001'), queueTask('RQ-0001')]);
    repo.write('.ralph/cache/parallel/state.json', '{');
    repo.write('.ralph/lock/owner', `pid: ${process.pid}\nlabel: run loop\n`);
    const first = await preflight(repo.root);
    expect({ status: first.status, code: errorRecord(first.stderr)['code'] }).toEqual({
      status: 75,
      code: 'lock_held',
    });
    const { status, stdout } = await preflight(repo.root, '--report');
    expect(status).toBe(0);
    const codes = records(stdout).map(({ check, code }) => [check, code]);
    expect(codes).toEqual([
      ['queue_lock', 'lock_held'],
      ['queue', 'queue_invalid'],
      ['queue_path', undefined],
      ['state_file', 'state_corrupt'],
    ]);
  });

  it('takes what a killed writer left in both files as done, and leaves it there', async () => {
    const repo = temporaryRepository();
    const task = queueTask('RQ-0001');
    repo.queue([task]);
    const done = { ...task, status: 'done', completed_at: '2026-01-02T00:00:00Z', updated_at: '2026-01-02T00:00:00Z' };
    repo.write('.ralph/done.jsonc', JSON.stringify({ version: 1, tasks: [done] }));
    const before = repo.read('.ralph/queue.jsonc');
    const { stdout } = await preflight(repo.root, '--report');
    expect(rowOf(stdout, 'queue')).toMatchObject({ level: 'ok', facts: { queued: 0, done: 1 } });
    expect(repo.read('.ralph/queue.jsonc')).toBe(before);
  });

  it.each(['.ralph', '.ralph/done.jsonc'])('M12: refuses %s that leads out of the repository', async (path) => {
    const repo = temporaryRepository();
    repo.queue([queueTask('RQ-0001')]);
    repo.write('.ralph/done.jsonc', '{"version":1,"tasks":[]}');
    const elsewhere = join(repo.folder, 'elsewhere');
    renameSync(join(repo.root, path), elsewhere);
    symlinkSync(elsewhere, join(repo.root, path));
    const row = rowOf((await preflight(repo.root, '--report')).stdout, 'queue_path');
    expect(row).toMatchObject({
      level: 'error',
      code: 'config_invalid',
      message: expect.stringContaining('must be under repo root'),
    });
    execFileSync('sh', ['-c', String(row?.['hint'])], { cwd: repo.root });
    const mended = await preflight(repo.root, '--report');
    expect(rowOf(mended.stdout, 'queue_path')).toMatchObject({ level: 'ok' });
  });
});

describe('ralph-state task init', () => {
  it('makes an empty queue with its form in comments, once', async () => {
    const repo = temporaryRepository();
    const path = join(repo.root, '.ralph/queue.jsonc');
    const init = async (...args: readonly string[]) =>
      records((await runProgram('ralph-state', ['task', 'init', ...args], { cwd: repo.root })).stdout)[0];
    expect(await init('--dry-run')).toEqual({ path, action: 'would_create' });
    expect(existsSync(path)).toBe(false);
    expect(await init()).toEqual({ path, action: 'created' });
    const text = repo.read('.ralph/queue.jsonc');
    expect(await init()).toEqual({ path, action: 'exists' });
    expect(repo.read('.ralph/queue.jsonc')).toBe(text);
    expect((await preflight(repo.root)).status).toBe(0);
  });

  it('shows a form that is valid as it stands', async () => {
    const repo = temporaryRepository();
    await runProgram('ralph-state', ['task', 'init'], { cwd: repo.root });
    const form = repo.read('.ralph/queue.jsonc').match(/^ {2}\/\/ {3}\S.*$|^ {2}\/\/ {5}.*$/gm) ?? [];
    const task = form.map((line) => line.replace('  //', '')).join('\n');
    repo.write('.ralph/queue.jsonc', `{"version":1,"tasks":[${task},${JSON.stringify(queueTask('RQ-0002'))}]}`);
    const { status, stderr } = await preflight(repo.root);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});
