import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { records, runProgram, transcriptOf } from '@ralph/protocol/testing/run-built-program';
import { temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { isLiving, pidIn, runOf, startWorker, STUBBORN, taskLines } from './worker-run.ts';

const SALVAGE = 'refs/ralph/salvage/RQ-0001/1';

describe('a run that is stopped', () => {
  it('M36 ends a stubborn agent, its child and one that left its session, keeps its work, and removes its workspace', async () => {
    const repo = temporaryRepository();
    const worker = startWorker(repo, STUBBORN);
    const ended = transcriptOf(worker);
    worker.stdin.write(taskLines('RQ-0001', 'RQ-0002'));
    const pids = await Promise.all(['agent.pid', 'child', 'apart'].map((name) => pidIn(repo, name)));
    const began = performance.now();
    worker.kill('SIGTERM');
    await waitUntil('the end of every process', () => !pids.some(isLiving));
    expect(performance.now() - began).toBeGreaterThan(1400);
    const { status, stdout, stderr } = await ended;
    expect(status).toBe(143);
    const run = runOf(status, stdout, stderr);
    expect(run.events('agent.finished')).toMatchObject([
      { task_id: 'RQ-0001', reason: 'cancelled', signal: 'SIGKILL' },
    ]);
    expect(run.events('task.failed')).toMatchObject([{ task_id: 'RQ-0001', code: 'cancelled', salvage_ref: SALVAGE }]);
    expect(repo.git('show', `${SALVAGE}:edit.txt`)).toBe('edit');
    expect(readdirSync(repo.workspaces)).toEqual([]);
  });

  it('M35 ends agents that answer SIGINT side by side and at once', async () => {
    const repo = temporaryRepository();
    const worker = startWorker(repo, 'echo $$ > "$OUT/$RALPH_TASK_ID"; while :; do sleep 0.1; done', '--jobs', '3');
    const ended = transcriptOf(worker);
    const ids = ['RQ-0001', 'RQ-0002', 'RQ-0003'];
    worker.stdin.write(taskLines(...ids));
    await Promise.all(ids.map((id) => pidIn(repo, id)));
    worker.kill('SIGINT');
    const { status, stdout } = await ended;
    expect(status).toBe(130);
    expect(
      runOf(status, stdout, '')
        .events('task.failed')
        .map((event) => event['code']),
    ).toEqual(['cancelled', 'cancelled', 'cancelled']);
    expect(readdirSync(repo.workspaces)).toEqual([]);
  });

  it('kills at once on a second signal', async () => {
    const order: string[] = [];
    const one = async (name: string, signals: readonly NodeJS.Signals[]) => {
      const repo = temporaryRepository();
      const worker = startWorker(repo, STUBBORN);
      worker.stdin.write(taskLines('RQ-0001'));
      const pids = await Promise.all(['agent.pid', 'child', 'apart'].map((file) => pidIn(repo, file)));
      return async () => {
        for (const signal of signals) worker.kill(signal);
        await waitUntil('the end of the worker', () => worker.exitCode !== null || worker.signalCode !== null);
        await waitUntil('the end of every process', () => !pids.some(isLiving));
        order.push(name);
      };
    };
    // Each gives its agents the same grace, but for the one that is told twice.
    const [patient, hurried] = await Promise.all([one('once', ['SIGINT']), one('twice', ['SIGINT', 'SIGTERM'])]);
    await Promise.all([patient(), hurried()]);
    expect(order).toEqual(['twice', 'once']);
  });

  it('takes the end of a leash as the death of its parent', async () => {
    const repo = temporaryRepository();
    const worker = startWorker(repo, STUBBORN, '--leash');
    const ended = transcriptOf(worker);
    worker.stdin.write(taskLines('RQ-0001'));
    const pids = await Promise.all(['agent.pid', 'child', 'apart'].map((name) => pidIn(repo, name)));
    worker.stdin.end();
    expect((await ended).status).toBe(143);
    expect(pids.some(isLiving)).toBe(false);
  });

  it('sees the end of its leash while tasks wait for a slot', async () => {
    const repo = temporaryRepository();
    const worker = startWorker(repo, STUBBORN, '--leash');
    const ended = transcriptOf(worker);
    worker.stdin.write(taskLines('RQ-0001', 'RQ-0002', 'RQ-0003', 'RQ-0004'));
    const pid = await pidIn(repo, 'agent.pid');
    worker.stdin.end();
    const { status, stdout } = await ended;
    expect(status).toBe(143);
    expect(isLiving(pid)).toBe(false);
    expect(runOf(status, stdout, '').events('agent.started')).toHaveLength(1);
  });

  it('finishes what runs when its input ends without a leash', async () => {
    const repo = temporaryRepository();
    const worker = startWorker(repo, 'echo x > x');
    const ended = transcriptOf(worker);
    worker.stdin.end(taskLines('RQ-0001'));
    expect((await ended).status).toBe(0);
  });
});

describe('a worker that is killed', () => {
  it('leaves no agent behind, and a reap keeps the work and removes the workspace', async () => {
    const repo = temporaryRepository();
    const worker = startWorker(repo, STUBBORN);
    worker.stdin.write(taskLines('RQ-0001'));
    const pids = await Promise.all(['agent.pid', 'child', 'apart'].map((name) => pidIn(repo, name)));
    worker.kill('SIGKILL');
    await waitUntil('the watcher to end every process', () => !pids.some(isLiving));
    const { status, stdout } = await runProgram('ralph-worker', ['reap'], { cwd: repo.root });
    expect(status).toBe(0);
    expect(records(stdout)).toMatchObject([{ task_id: 'RQ-0001', action: 'removed', salvage_ref: SALVAGE }]);
    expect(repo.git('show', `${SALVAGE}:edit.txt`)).toBe('edit');
    expect(readdirSync(repo.workspaces)).toEqual([]);
    expect(repo.git('for-each-ref', '--format=%(refname)', 'refs/ralph').split('\n')).toEqual([
      'refs/ralph/attempts/RQ-0001/1',
      SALVAGE,
    ]);
  });

  it('has its agents ended by a reap that finds them before the watcher is done', async () => {
    const repo = temporaryRepository();
    const worker = startWorker(repo, STUBBORN);
    worker.stdin.write(taskLines('RQ-0001'));
    const pids = await Promise.all(['agent.pid', 'child', 'apart'].map((name) => pidIn(repo, name)));
    worker.kill('SIGKILL');
    await waitUntil('the end of the worker', () => worker.signalCode !== null);
    await runProgram('ralph-worker', ['reap'], { cwd: repo.root });
    expect(pids.some(isLiving)).toBe(false);
    expect(readdirSync(repo.workspaces)).toEqual([]);
  });
});
