import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorRecord, runProgram } from '@ralph/protocol/testing/run-built-program';
import { runGit } from '@ralph/protocol/testing/temporary-repository';
import { isLiving, pidIn, runWorker, startWorker, taskLines } from './worker-run.ts';
import { waitUntil } from '@ralph/protocol/testing/wait-until';

import { prepare, worker, INSTALL, dependent, runsOf } from './setup-run.ts';

describe('--setup', () => {
  it('runs before the agent, in its workspace, with its environment, into its log', async () => {
    const repo = dependent();
    const setup = 'echo installing for $RALPH_TASK_ID; pwd > "$OUT/where"; mkdir deps; echo one > deps/one';
    const run = await runWorker(repo, taskLines('RQ-0001'), 'cp deps/one two', '--setup', setup);
    expect(run.status).toBe(0);
    expect(run.events('workspace.ready')).toMatchObject([{ reused: false, setup: 'ran' }]);
    expect(run.events('agent.finished')).toMatchObject([{ commits: 1, changed_files: 1 }]);
    expect(readFileSync(join(repo.folder, 'where'), 'utf8').trim()).toBe(join(repo.workspaces, 'RQ-0001'));
    const logs = await runProgram('ralph-worker', ['logs', 'RQ-0001'], { cwd: repo.root });
    expect(logs.stdout).toContain('installing for RQ-0001');
  });

  it('that fails fails the task, keeps nothing of its own as work, and names the log', async () => {
    const repo = dependent();
    const setup = 'echo x > new; echo x >> README.md; echo no network; exit 3';
    const run = await runWorker(repo, taskLines('RQ-0001'), 'touch "$OUT/agent"', '--setup', setup);
    expect(run.status).toBe(1);
    expect(run.events('task.failed')).toMatchObject([
      {
        code: 'setup_failed',
        reason: 'the set-up ended with status 3: no network',
        next_command: expect.stringContaining('ralph-worker logs RQ-0001 --attempt 1'),
      },
    ]);
    expect(existsSync(join(repo.folder, 'agent'))).toBe(false);
    expect(repo.git('for-each-ref', 'refs/ralph/salvage')).toBe('');
    const byHand = await prepare(repo, 'RQ-0002', '--setup', 'exit 1');
    expect(byHand.status).toBe(1);
    expect(errorRecord(byHand.stderr)).toMatchObject({ code: 'setup_failed', task_id: 'RQ-0002' });
    expect(existsSync(byHand.path)).toBe(false);
  });

  it('is ended with its whole tree at its limit and by a stop', async () => {
    const repo = dependent();
    const stubborn = `trap '' INT TERM; echo $$ > "$OUT/setup.pid"; setsid sh -c 'echo $$ > "$OUT/apart"; while :; do sleep 0.2; done' & while :; do sleep 0.2; done`;
    const run = await runWorker(repo, taskLines('RQ-0001'), 'true', '--setup', stubborn, '--setup-timeout', '3s');
    expect(run.events('task.failed')).toMatchObject([
      { code: 'setup_failed', reason: expect.stringContaining('ran longer than it may') },
    ]);
    const first = await Promise.all([pidIn(repo, 'setup.pid'), pidIn(repo, 'apart')]);
    expect(first.map((pid) => isLiving(pid))).toEqual([false, false]);
    const stopped = startWorker(repo, 'true', '--setup', stubborn.replaceAll('$OUT/', '$OUT/again-'));
    stopped.stdin.write(taskLines('RQ-0002'));
    const second = await Promise.all([pidIn(repo, 'again-setup.pid'), pidIn(repo, 'again-apart')]);
    stopped.kill('SIGTERM');
    await waitUntil('the end of the worker', () => stopped.exitCode !== null || stopped.signalCode !== null);
    expect(second.map((pid) => isLiving(pid))).toEqual([false, false]);
  });

  it('of a killed worker ends with it, and reap removes the half', async () => {
    const repo = dependent();
    const setup = 'echo $$ > "$OUT/setup.pid"; mkdir -p deps; while :; do sleep 0.2; done';
    const killed = startWorker(repo, 'true', '--setup', setup, '--setup-key', 'deps.lock');
    killed.stdin.write(taskLines('RQ-0001'));
    const pid = await pidIn(repo, 'setup.pid');
    killed.kill('SIGKILL');
    await waitUntil('the end of the set-up', () => !isLiving(pid));
    expect(await worker(repo, 'reap')).toMatchObject([{ task_id: 'RQ-0001', action: 'removed' }]);
    expect(repo.git('for-each-ref', 'refs/ralph/salvage')).toBe('');
    expect(readdirSync(repo.workspaces)).toEqual(['.ralph-setup']);
  });

  it('has its edits kept out of commits, and says so', async () => {
    const repo = dependent();
    const setup =
      'echo x >> README.md; echo x > "new [1].txt"; mkdir made; echo x > made/by; git add made; git commit -qm setup; echo y > made/too';
    const run = await runWorker(repo, taskLines('RQ-0001'), 'echo x > work', '--setup', setup);
    expect(run.events('agent.finished')).toMatchObject([{ commits: 1, changed_files: 1 }]);
    expect(run.stderr).toContain('RQ-0001: the set-up changed tracked files; they were put back: README.md');
    expect(run.stderr).toContain('no commit will hold them: made/, new [1].txt');
    const path = join(repo.workspaces, 'RQ-0001');
    expect(runGit(path, ['ls-tree', '-r', '--name-only', 'HEAD'])).toBe('.gitignore\nREADME.md\ndeps.lock\nwork');
    expect(readFileSync(join(path, 'new [1].txt'), 'utf8')).toBe('x\n');
    expect(readFileSync(join(path, 'README.md'), 'utf8')).toBe('# test\n');
  });

  it('is not run again where a warm workspace has its result, unless an agent has changed that', async () => {
    const repo = dependent();
    const setup = ['--setup', `${INSTALL}; echo x > made`];
    expect((await prepare(repo, 'RQ-0001', ...setup)).rows).toMatchObject([{ reused: false, setup: 'ran' }]);
    await worker(repo, 'remove', 'RQ-0001');
    const second = await prepare(repo, 'RQ-0002', ...setup);
    expect(second.rows).toMatchObject([{ reused: true, setup: 'reused' }]);
    expect(readFileSync(join(second.path, 'deps/link'), 'utf8')).toBe('echo tool\n');
    expect(runGit(second.path, ['status', '--porcelain'])).toBe('');
    expect(existsSync(join(second.path, 'made'))).toBe(true);
    const changes = [
      'echo x > deps/d1; touch -r deps/d2 deps/d1',
      'rm -r deps/bin',
      'echo x > deps/more',
      'chmod 600 deps/d3',
    ];
    for (const change of changes) {
      execFileSync('sh', ['-ec', change], { cwd: second.path });
      await worker(repo, 'remove', 'RQ-0002');
      const { rows, path } = await prepare(repo, 'RQ-0002', ...setup);
      expect({ change, ...rows[0] }).toMatchObject({ change, reused: true, setup: 'ran' });
      expect(readdirSync(join(path, 'deps'))).toHaveLength(12);
    }
    expect(runsOf(repo)).toBe(1 + changes.length);
    await worker(repo, 'remove', 'RQ-0002');
    const other = await prepare(repo, 'RQ-0003', '--setup', 'true');
    expect(other.rows).toMatchObject([{ reused: true, setup: 'ran' }]);
    expect(existsSync(join(other.path, 'deps'))).toBe(false);
  });
});
