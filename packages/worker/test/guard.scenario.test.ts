import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runProgram, transcriptOf } from '@ralph/protocol/testing/run-built-program';
import { temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { isLiving, pidIn, runWorker, startWorker, STUBBORN, taskLines } from './worker-run.ts';

const SALVAGE = 'refs/ralph/salvage/RQ-0001/1';

/** What every end must leave of an attempt that made `edit.txt`: its work, and nothing else. */
async function expectCleared(repo: TestRepository, pids: readonly number[]): Promise<void> {
  expect(pids.filter(isLiving)).toEqual([]);
  expect(repo.git('show', `${SALVAGE}:edit.txt`)).toBe('edit');
  expect(existsSync(repo.workspaces) ? readdirSync(repo.workspaces) : []).toEqual([]);
  expect(repo.git('for-each-ref', 'refs/ralph/base')).toBe('');
  const claims = join(repo.root, '.ralph/cache/parallel/claims');
  expect(existsSync(claims) ? readdirSync(claims) : []).toEqual([]);
}

async function stubbornWorker(repo: TestRepository, ...args: readonly string[]) {
  const worker = startWorker(repo, STUBBORN, ...args);
  worker.stdin.write(taskLines('RQ-0001'));
  const pids = await Promise.all(['agent.pid', 'child', 'apart'].map((name) => pidIn(repo, name)));
  return { worker, pids };
}

describe('the same clean-up runs when', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s comes', async (signal) => {
    const repo = temporaryRepository();
    const { worker, pids } = await stubbornWorker(repo);
    const ended = transcriptOf(worker);
    worker.kill(signal);
    expect((await ended).status).toBe({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }[signal]);
    await expectCleared(repo, pids);
  });

  it('the leash ends', async () => {
    const repo = temporaryRepository();
    const { worker, pids } = await stubbornWorker(repo, '--leash');
    const ended = transcriptOf(worker);
    worker.stdin.end();
    expect((await ended).status).toBe(143);
    await expectCleared(repo, pids);
  });

  it('the time is over', async () => {
    const repo = temporaryRepository();
    const { worker, pids } = await stubbornWorker(repo, '--timeout', '3');
    const ended = transcriptOf(worker);
    worker.stdin.end();
    expect((await ended).status).toBe(1);
    await expectCleared(repo, pids);
  });

  it('nobody reads any more', async () => {
    const repo = temporaryRepository();
    const { worker, pids } = await stubbornWorker(repo);
    worker.stdout.destroy();
    worker.stdin.write('{"type":"x"}\n{"type":"x"}\n');
    await waitUntil('the end of the worker', () => worker.exitCode !== null);
    expect(worker.exitCode).toBe(141);
    await expectCleared(repo, pids);
  });
});

it('leaves finished work to be integrated, though nobody hears of it', async () => {
  const repo = temporaryRepository();
  const agent = 'echo edit > edit.txt; echo $$ > "$OUT/agent.pid"; until [ -e "$OUT/go" ]; do sleep 0.05; done';
  const worker = startWorker(repo, agent);
  worker.stdin.end(taskLines('RQ-0001'));
  const pid = await pidIn(repo, 'agent.pid');
  worker.stdout.destroy();
  repo.write('../go', '');
  await waitUntil('the end of the worker', () => worker.exitCode !== null);
  expect(isLiving(pid)).toBe(false);
  expect(repo.git('show', 'refs/ralph/attempts/RQ-0001/1:edit.txt')).toBe('edit');
  expect(repo.git('for-each-ref', 'refs/ralph/salvage')).toBe('');
  expect(readFileSync(join(repo.workspaces, 'RQ-0001/edit.txt'), 'utf8')).toBe('edit\n');
  const reaped = await runProgram('ralph-worker', ['reap'], { cwd: repo.root });
  expect(reaped.stdout).toContain('waits for integration');
});

it('takes an agent that changed nothing as done when it is told to, with an empty commit that lands', async () => {
  const repo = temporaryRepository();
  const run = await runWorker(repo, taskLines('RQ-0001'), 'true', '--allow-empty');
  expect(run.status).toBe(0);
  expect(run.events('agent.finished')).toMatchObject([{ commits: 1, changed_files: 0 }]);
  expect(repo.git('log', '-1', '--format=%s', 'refs/ralph/attempts/RQ-0001/1')).toBe('RQ-0001: Task RQ-0001');
  const stdin = run.lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  const landed = await runProgram('ralph-integrate', ['run', '--ci', 'true'], { cwd: repo.root, stdin });
  expect(landed.status).toBe(0);
  expect(repo.gitOrigin('log', '-1', '--format=%s', 'main')).toBe('RQ-0001: Task RQ-0001');
  expect(repo.gitOrigin('diff', '--stat', 'main~1', 'main')).toBe('');
});

it('makes no empty commit on top of work', async () => {
  const repo = temporaryRepository();
  const run = await runWorker(repo, taskLines('RQ-0001'), 'echo x > x', '--allow-empty');
  expect(run.events('agent.finished')).toMatchObject([{ commits: 1, changed_files: 1 }]);
});
