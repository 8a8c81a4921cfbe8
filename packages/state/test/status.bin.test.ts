import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Writable } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { statusDocument, type StatusDocument } from '@ralph/protocol/contract/status-document';
import { identityOf, readProcStat } from '@ralph/protocol/process/process-identity';
import { builtProgram, errorRecord, records, runProgram } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { temporaryFolder } from '@ralph/protocol/testing/temporary-folder';
import { queueTask, temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { testEnvironment } from '@ralph/protocol/testing/test-environment';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { ralphState, STATE } from './support/repository.ts';

const GONE = { attempt: 1, identity: { pid: 1, start_time: 'x', boot_id: 'x' } };
const ALIVE = { attempt: 1, identity: identityOf(process.pid) };
const HEAD = 'a'.repeat(40);
const MARKER = '.ralph/cache/parallel/blocked_push.json';

function record(task_id: string, lifecycle: string, fields: object = {}): object {
  return { task_id, workspace_path: '', lifecycle, started_at: '2026-01-01T00:00:00Z', push_attempts: 0, ...fields };
}

function withRecords(...workers: readonly object[]): TestRepository {
  const repository = temporaryRepository();
  const head = { schema_version: 3, started_at: '2026-01-01T00:00:00Z', target_branch: 'main' };
  repository.write(STATE, JSON.stringify({ ...head, workers }));
  return repository;
}

/** Runs `ralph-state status`, holds its output against the published schema and returns it. */
async function status(root: string, ...args: string[]): Promise<StatusDocument> {
  const { status: exit, stdout, stderr } = await ralphState(root, ['status', ...args]);
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
  const [document, ...others] = records(stdout);
  expect(others).toEqual([]);
  return statusDocument.parse(document);
}

const headline = async (root: string) => (await status(root)).continuation.headline;

const owner = (pid: number) => `pid: ${pid}\nstarted_at: 2026-01-01T00:00:00Z\ncommand: ralph\nlabel: run loop\n`;

describe('ralph-state status', () => {
  it('M57: says that nothing has started, and makes nothing', async () => {
    const { root } = temporaryRepository();
    const counts = { running: 0, integrating: 0, completed: 0, failed: 0, blocked: 0, lost: 0, total: 0 };
    expect(await status(root)).toMatchObject({
      version: 3,
      lifecycle_counts: counts,
      continuation: { headline: 'Parallel execution has not started.' },
      lost: [],
      queue: { tasks: 0, runnable: 0 },
      status: { schema_version: 3, workers: [], message: 'No parallel state found' },
    });
    expect(existsSync(`${root}/.ralph`)).toBe(false);
  });

  it('M58: tells what lives from what is lost, and carries the state file', async () => {
    const repository = withRecords(record('A', 'running', ALIVE), record('B', 'integrating', { ...GONE, theirs: 1 }));
    const before = repository.read(STATE);
    expect(await status(repository.root)).toMatchObject({
      lifecycle_counts: { running: 1, integrating: 0, lost: 1, total: 2 },
      lost: ['B'],
      continuation: { headline: 'Parallel execution is in progress.' },
      status: { target_branch: 'main', workers: [{ task_id: 'A' }, { task_id: 'B', theirs: 1 }] },
    });
    expect(repository.read(STATE)).toBe(before);
  });

  it('M58: calls for a person when what ran is lost', async () => {
    expect(await status(withRecords(record('A', 'running', GONE)).root)).toMatchObject({
      blocking: { status: 'stalled', reason: { kind: 'runner_recovery', reason: 'worker_lost' }, task_id: 'A' },
      continuation: { headline: 'Parallel execution needs operator attention.' },
    });
  });

  it('M58: believes that finished work is on its way while a run holds the loop lock', async () => {
    const { root } = withRecords(record('A', 'running', { ...GONE, head_commit: HEAD }));
    expect(await headline(root)).toBe('Parallel execution needs operator attention.');
    const nested = [process.execPath, builtProgram('ralph-state'), 'status'];
    const { stdout } = await runProgram('ralph-lock', ['run', '--', ...nested], { cwd: root });
    expect(records(stdout)).toMatchObject([{ continuation: { headline: 'Parallel execution is in progress.' } }]);
  });

  it('M58: finds blocked work, its marker, and what does not fit', async () => {
    const repository = withRecords(
      record('A', 'blocked_push', { workspace_path: 'w/A' }),
      record('B', 'blocked_push', { workspace_path: 'w/B' }),
      record('C', 'completed', { workspace_path: 'w/C' }),
      record('D', 'blocked_push', { workspace_path: 'README.md' }),
    );
    const marker = { task_id: 'A', reason: 'conflict', attempt: 1, max_attempts: 5, generated_at: '' };
    repository.write(`w/A/${MARKER}`, JSON.stringify(marker));
    repository.write(`w/C/${MARKER}`, '{');
    const { continuation } = await status(repository.root);
    expect(continuation.headline).toBe('Parallel execution is blocked on worker integration.');
    expect(continuation.detail).toContain('Retained for recovery: A, D.');
    expect(continuation.detail).toContain(
      'Cleanup drift: B (its workspace is missing), C (its workspace is still there), C (its blocked marker cannot be read).',
    );
  });

  it('M58: idle with drift', async () => {
    const repository = withRecords(record('A', 'completed', { workspace_path: 'w/A' }));
    repository.write('w/A/file', '');
    expect(await headline(repository.root)).toBe('Parallel execution is idle with cleanup drift.');
  });

  it('does not count what was asked for again as blocked', async () => {
    const { root } = withRecords(record('A', 'blocked_push'), record('B', 'failed'));
    await ralphState(root, ['retry', 'A', 'B']);
    const { continuation, blocking } = await status(root);
    expect({ headline: continuation.headline, blocking }).toEqual({ headline: 'Parallel execution is idle.' });
    expect(continuation.detail).toContain('Retry requested: A, B.');
  });

  it('says what the queue holds, and what is wrong with it', async () => {
    const { root, queue } = withRecords();
    queue([queueTask('A'), queueTask('B', { depends_on: ['A'] })]);
    expect((await status(root)).queue).toMatchObject({ tasks: 2, runnable: 1, waiting: { dependency: 1 } });
    queue([queueTask('A'), queueTask('A')]);
    expect((await status(root)).queue).toMatchObject({ error: { code: 'queue_invalid' } });
  });

  it('counts a task that a killed writer left in both files as done, and does not mend them', async () => {
    const { root, queue, write, read } = withRecords();
    queue([queueTask('A')]);
    write(
      '.ralph/done.jsonc',
      JSON.stringify({ version: 1, tasks: [queueTask('A', { status: 'done', completed_at: '2026-01-01T00:00:00Z' })] }),
    );
    const before = read('.ralph/queue.jsonc');
    expect((await status(root)).queue).toMatchObject({ tasks: 0, runnable: 0 });
    expect(read('.ralph/queue.jsonc')).toBe(before);
  });

  it('ends with 65 only when the state file cannot be read', async () => {
    const { root, write } = temporaryRepository();
    write(STATE, '{');
    const { status: exit, stderr } = await ralphState(root, ['status']);
    expect([exit, errorRecord(stderr)['code']]).toEqual([65, 'state_corrupt']);
  });

  it('M59: shows a person the same, and nothing raw', async () => {
    const { root } = withRecords(record('A', 'failed', { last_error: 'x\u001b[2J\u009b' }));
    const { stdout } = await ralphState(root, ['status', '--format', 'table']);
    expect(stdout).toContain('Parallel Run Status\n===================\n');
    expect(stdout).toContain(
      'Total: 1 | Running: 0 | Integrating: 0 | Completed: 0 | Failed: 1 | Blocked: 0 | Lost: 0',
    );
    expect(stdout).toMatch(/\nRetryable Failures:\n {2}A {2}x \[2J/);
    expect(stdout).toMatch(/\nNext:\n {2}1\. /);
    expect(stdout).not.toMatch(/[^\P{Cc}\n]/u);
  });
});

describe('ralph-state status: the directory lock of ralph-agent-loop', () => {
  const LOCK = '.ralph/lock/owner';

  function withLock(text: string): TestRepository {
    const repository = temporaryRepository();
    repository.write(LOCK, text);
    return repository;
  }

  it('M58: of a process that lives', async () => {
    const { root, read } = withLock(owner(process.pid));
    const { continuation, blocking } = await status(root);
    expect(continuation.headline).toBe('Parallel execution is stalled on queue lock contention.');
    expect(blocking).toMatchObject({
      status: 'stalled',
      reason: { kind: 'lock_blocked', owner: 'run loop', owner_pid: process.pid, lock_path: `${root}/.ralph/lock` },
    });
    expect(continuation.next_steps.map(({ command }) => command).join()).not.toContain('rm ');
    expect(read(LOCK)).toBe(owner(process.pid));
  });

  it('M58: of a process that is gone; the advice removes it', async () => {
    const gone = spawnSync('true').pid;
    const { root } = withLock(owner(gone));
    const { continuation } = await status(root);
    expect(continuation.headline).toBe('Parallel execution is stalled on queue lock recovery.');
    const [first] = continuation.next_steps;
    expect(spawnSync('sh', ['-c', first?.command ?? ''], { cwd: root }).status).toBe(0);
    expect(await headline(root)).toBe('Parallel execution has not started.');
  });

  it('M58: of a zombie, which does not live', async ({ skip }) => {
    skip(!existsSync('/proc/self/stat'), 'there is no /proc here');
    // The shell becomes a program that never waits for its child; only then may the child end.
    const script = 'cat <&3 >/dev/null & echo $!; exec cat 3<&-';
    const parent = spawn('sh', ['-c', script], { stdio: ['pipe', 'pipe', 'ignore', 'pipe'] });
    onTestFinished(() => void parent.kill('SIGKILL'));
    let pid = 0;
    parent.stdout?.on('data', (text: Buffer) => (pid = Number(text.toString().trim())));
    const name = () => readFileSync(`/proc/${parent.pid}/comm`, 'utf8').trim();
    await waitUntil('the shell has become another program', () => pid > 0 && name() === 'cat');
    (parent.stdio[3] as Writable).end();
    await waitUntil('the child is a zombie', () => readProcStat(pid)?.state === 'Z');
    expect(await headline(withLock(owner(pid)).root)).toBe('Parallel execution is stalled on queue lock recovery.');
  });

  it('M58: that a command with a newline in it cannot make look stale', async () => {
    const forged = `pid: ${process.pid}\nstarted_at: x\ncommand: ralph\npid: 999999999\nlabel: x\n`;
    expect(await headline(withLock(forged).root)).toBe('Parallel execution is stalled on queue lock contention.');
  });

  it.each([
    ['bad', (repository: TestRepository) => repository.write(LOCK, 'who knows')],
    ['a folder', ({ root }: TestRepository) => void mkdirSync(`${root}/${LOCK}`, { recursive: true })],
    ['not there', ({ root }: TestRepository) => void mkdirSync(`${root}/.ralph/lock`, { recursive: true })],
    ['under a lock that is a file', (repository: TestRepository) => repository.write('.ralph/lock', '')],
  ])('M58: whose owner file is %s', async (_title, make) => {
    const repository = temporaryRepository();
    make(repository);
    expect(await headline(repository.root)).toBe('Parallel execution is stalled on queue lock metadata recovery.');
  });

  it('M58: that only a task holds, which writes no owner file (C44)', async () => {
    const repository = temporaryRepository();
    repository.write(`.ralph/lock/owner_task_${process.pid}_1`, owner(process.pid));
    expect(await headline(repository.root)).toBe('Parallel execution is stalled on queue lock contention.');
  });

  it('M58: beside work that goes on', async () => {
    const repository = withRecords(record('A', 'running', ALIVE));
    repository.write(LOCK, owner(process.pid));
    expect(await headline(repository.root)).toBe('Parallel execution is in progress.');
  });
});

describe('what ralph-state status says to type next', () => {
  const NO_SUCH = [64, 70, 126, 127];

  it.each<[string, readonly object[]]>([
    ['at work', [record('A', 'running', { ...ALIVE, log_path: '/l' }), record('B', 'running', GONE)]],
    ['lost', [record('A', 'running', { ...GONE, workspace_path: '../other/A' })]],
    ['waiting', [record('A', 'running', { ...GONE, head_commit: HEAD })]],
    ['blocked', [record('A', 'blocked_push'), record('B', 'failed', { log_path: '/l' })]],
    ['failed', [record('A', 'failed', { log_path: '/l' }), record('B', 'failed')]],
    [
      'drift',
      [
        record('A', 'completed', { workspace_path: '../other/A' }),
        record('B', 'blocked_push', { retry_requested_at: 'x' }),
      ],
    ],
    ['idle', []],
  ])('is a command that there is: %s', async (_title, workers) => {
    const repository = withRecords(...workers);
    mkdirSync(`${repository.folder}/other/A`, { recursive: true });
    const bin = dirname(scriptedCommand(repository.folder, 'unused', ''));
    for (const name of ['ralph-state', 'ralph-worker', 'ralph-integrate'] as const)
      scriptedCommand(repository.folder, name, `exec "${process.execPath}" "${builtProgram(name)}" "$@"`);
    const { continuation } = await status(repository.root);
    expect(continuation.next_steps).not.toEqual([]);
    for (const { command } of continuation.next_steps) {
      const done = spawnSync('sh', ['-c', command], {
        cwd: repository.root,
        env: testEnvironment(bin),
        encoding: 'utf8',
      });
      expect({ command, status: done.status, stderr: done.stderr }).toSatisfy(
        () => !NO_SUCH.includes(done.status ?? 70),
      );
    }
  });

  it('names the repository where the folder does not', async () => {
    const { root } = withRecords(record('A', 'failed'));
    const { stdout } = await ralphState(temporaryFolder(), ['status', '--repo', root]);
    expect(stdout).toContain(`ralph-state retry A --repo ${root}`);
    expect(JSON.stringify(await status(root))).not.toContain('--repo');
  });
});
