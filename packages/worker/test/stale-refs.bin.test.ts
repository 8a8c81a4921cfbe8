import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runProgram } from '@ralph/protocol/testing/run-built-program';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { testEnvironment } from '@ralph/protocol/testing/test-environment';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { runWorker, taskLines } from './worker-run.ts';

describe('refs of a task', () => {
  it('that a killed git has left locked do not stop the task', async () => {
    const repo = temporaryRepository();
    for (const name of ['attempts/RQ-0001/1', 'salvage/RQ-0001/1', 'base/RQ-0001']) {
      const lock = join(repo.root, '.git/refs/ralph', `${name}.lock`);
      mkdirSync(dirname(lock), { recursive: true });
      writeFileSync(lock, '');
    }
    const run = await runWorker(repo, taskLines('RQ-0001'), 'echo x > x');
    expect(run.events('task.failed')).toEqual([]);
    expect(repo.git('show', 'refs/ralph/attempts/RQ-0001/1:x')).toBe('x');
  });

  // Only on Linux can a git be told by its environment.
  it.skipIf(process.platform !== 'linux')('are not changed later by a git whose worker was killed', async () => {
    const repo = temporaryRepository();
    const base = 'refs/ralph/base/RQ-0001';
    repo.git('update-ref', base, 'HEAD');
    const lock = join(repo.root, `.git/${base}.lock`);
    writeFileSync(lock, '');
    // As a worker starts it: it waits for the lock, and nobody waits for it.
    const words = ['-c', 'core.filesRefLockTimeout=60000', 'update-ref', '-d', base];
    const env = { ...testEnvironment(), GIT_GRAFT_FILE: '/dev/null/none' };
    const orphan = spawn('git', words, { cwd: repo.root, env, stdio: 'ignore', detached: true });
    onTestFinished(() => void orphan.kill('SIGKILL'));
    const ended = once(orphan, 'close');
    await waitUntil('it waits', () => /^\S+ \(git\) S /.test(readFileSync(`/proc/${orphan.pid}/stat`, 'utf8')));
    const { status } = await runProgram('ralph-worker', ['prepare', 'RQ-0001'], { cwd: repo.root });
    await ended;
    expect([status, repo.git('for-each-ref', '--format=%(refname)', base)]).toEqual([0, base]);
    expect(existsSync(lock)).toBe(false);
  });

  it('that cannot be made are told in git’s words, not as the work of another process', async () => {
    const repo = temporaryRepository();
    repo.git('update-ref', 'refs/ralph/attempts/RQ-0001', 'HEAD');
    const run = await runWorker(repo, taskLines('RQ-0001'), 'echo x > x');
    expect(run.events('task.skipped')).toEqual([]);
    expect(run.events('task.failed')).toMatchObject([
      { code: 'git_failed', reason: expect.stringContaining("'refs/ralph/attempts/RQ-0001' exists") },
    ]);
  });
});
