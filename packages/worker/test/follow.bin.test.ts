import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { builtProgram, runProgram, startProgram } from '@ralph/protocol/testing/run-built-program';
import { temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { testEnvironment } from '@ralph/protocol/testing/test-environment';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { pidIn, startWorker, taskLines } from './worker-run.ts';

const EDIT = 'echo edit > edit.txt';

/** Shell that waits until the test has made a file. */
const until = (name: string) => `while [ ! -e "$OUT/${name}" ]; do sleep 0.05; done`;

/** Starts `ralph-worker logs --follow`; what it has printed so far can be asked for. */
function follow(repo: TestRepository, ...args: readonly string[]) {
  const child = startProgram('ralph-worker', ['logs', 'RQ-0001', '--follow', ...args], { cwd: repo.root });
  const told = { stdout: '', stderr: '' };
  let isClosed = false;
  child.stdout.on('data', (bytes: Buffer) => (told.stdout += bytes.toString()));
  child.stderr.on('data', (bytes: Buffer) => (told.stderr += bytes.toString()));
  child.on('close', () => (isClosed = true));
  return {
    child,
    told,
    shows: (text: string) => waitUntil(`${text} to be shown`, () => told.stdout.includes(text)),
    ended: () => waitUntil('the end of logs', () => isClosed),
  };
}

function started(repo: TestRepository, agent: string, ...args: readonly string[]) {
  const worker = startWorker(repo, agent, ...args);
  worker.stdout.resume();
  worker.stdin.write(taskLines('RQ-0001'));
  return worker;
}

/** The worker is at work on the result when the log has ended; nobody may write where the test clears away. */
async function finished(worker: ReturnType<typeof started>): Promise<void> {
  worker.stdin.end();
  await waitUntil('the end of the worker', () => worker.exitCode !== null);
}

const make = (repo: TestRepository, name: string) => repo.write(`../${name}`, '');

describe('ralph-worker logs --follow', () => {
  it('prints what there is, what comes, and ends with 0 when the agent has ended', async () => {
    const repo = temporaryRepository();
    const worker = started(
      repo,
      `${EDIT}; echo first; ${until('more')}; echo second >&2; ${until('go')}; printf third`,
    );
    await pidOfLog(repo);
    const logs = follow(repo);
    await logs.shows('first\n');
    make(repo, 'more');
    await logs.shows('second\n');
    make(repo, 'go');
    await logs.ended();
    expect(logs.child.exitCode).toBe(0);
    expect(logs.told).toEqual({ stdout: 'first\nsecond\nthird', stderr: '' });
    await finished(worker);
  });

  it('waits for an agent that is about to be started, and says so when there is none', async () => {
    const repo = temporaryRepository();
    const none = await runProgram('ralph-worker', ['logs', 'RQ-0001', '--follow'], { cwd: repo.root });
    expect(none.status).toBe(6);
    expect(none.stderr).toContain('no log of RQ-0001');
    const worker = started(repo, `${EDIT}; echo hello`, '--setup', until('go'));
    await waitUntil('the claim', () => existsSync(join(repo.root, '.ralph/cache/parallel/agents/RQ-0001.json')));
    const logs = follow(repo);
    make(repo, 'go');
    await logs.ended();
    expect(logs.child.exitCode).toBe(0);
    expect(logs.told).toEqual({ stdout: 'hello\n', stderr: '' });
    await finished(worker);
  });

  it('prints the log of an agent that has ended, and no more', async () => {
    const repo = temporaryRepository();
    const worker = started(repo, `${EDIT}; echo done`);
    await finished(worker);
    const logs = await runProgram('ralph-worker', ['logs', 'RQ-0001', '--follow'], { cwd: repo.root });
    expect(logs).toEqual({ status: 0, stdout: 'done\n', stderr: '' });
  });

  it('shows a line before it is whole, and no secret that comes in two parts', async () => {
    const repo = temporaryRepository();
    repo.write('.env', 'SERVICE_TOKEN=quite-a-secret-1\n');
    const agent = `${EDIT}; printf 'Working on it: quite-a'; ${until('more')}; echo -secret-1 and more; ${until('go')}`;
    const worker = started(repo, agent);
    await pidOfLog(repo);
    const [logs, revealed] = [follow(repo), follow(repo, '--reveal')];
    await logs.shows('Working on it: ');
    await revealed.shows('Working on it: quite-a');
    make(repo, 'more');
    await logs.shows('and more\n');
    make(repo, 'go');
    await Promise.all([logs.ended(), revealed.ended()]);
    expect(logs.told.stdout).toBe('Working on it: [redacted] and more\n');
    expect(revealed.told.stdout).toBe('Working on it: quite-a-secret-1 and more\n');
    await finished(worker);
  });

  it('learns what the agent has put into its workspace meanwhile', async () => {
    const repo = temporaryRepository();
    const agent = `${EDIT}; echo first; ${until('more')}
echo 'OWN=made-by-the-agent-1' > .env.local; echo "it said made-by-the-agent-1"; ${until('go')}`;
    const worker = started(repo, agent);
    await pidOfLog(repo);
    const logs = follow(repo);
    await logs.shows('first\n');
    make(repo, 'more');
    await logs.shows('it said ');
    make(repo, 'go');
    await logs.ended();
    expect(logs.told.stdout).toBe('first\nit said [redacted]\n');
    await finished(worker);
  });

  it('goes on over a log that is begun anew again and again', async () => {
    const repo = temporaryRepository();
    const log = join(repo.root, '.ralph/logs/parallel/RQ-0001.1.log');
    const agent = `${EDIT}; ${until('followed')}
for part in 1 2 3 4 5; do
  seq -f "$part %g" 300
  while [ $(wc -c < "${log}") -gt 2000 ] || [ ! -e "$OUT/$part" ]; do sleep 0.02; done
done`;
    const worker = started(repo, agent, '--log-limit', '1K');
    await pidOfLog(repo);
    const logs = follow(repo);
    make(repo, 'followed');
    for (const part of [1, 2, 3, 4, 5]) {
      await logs.shows(`${part} 300\n`);
      make(repo, String(part));
    }
    await logs.ended();
    const lines = logs.told.stdout.split('\n').filter((line) => /^\d \d+$/.test(line));
    expect(new Set(lines).size).toBe(lines.length);
    expect(lines).toEqual(lines.toSorted((one, other) => place(one) - place(other)));
    expect(lines.filter((line) => line.endsWith(' 300'))).toHaveLength(5);
    expect(readFileSync(`${log}.1`, 'utf8')).toContain('bytes of older output were dropped');
    await finished(worker);
  });

  it('goes on to an attempt that has begun meanwhile, unless one was asked for', async () => {
    const repo = temporaryRepository();
    const agent = `echo "this is $RALPH_ATTEMPT"; echo $$ > "$OUT/pid.$RALPH_ATTEMPT"; while [ ! -e "$OUT/go.$RALPH_ATTEMPT" ]; do sleep 0.05; done; exit 3`;
    const worker = started(repo, agent);
    worker.stdin.end(taskLines('RQ-0001'));
    await pidIn(repo, 'pid.1');
    const [logs, asked] = [follow(repo), follow(repo, '--attempt', '1')];
    await Promise.all([logs.shows('this is 1\n'), asked.shows('this is 1\n')]);
    for (const { child } of [logs, asked]) child.kill('SIGSTOP');
    make(repo, 'go.1');
    await pidIn(repo, 'pid.2');
    for (const { child } of [logs, asked]) child.kill('SIGCONT');
    await asked.ended();
    await logs.shows('this is 2\n');
    make(repo, 'go.2');
    await logs.ended();
    expect(asked.told).toEqual({ stdout: 'this is 1\n', stderr: '' });
    expect(logs.told).toEqual({
      stdout: 'this is 1\nthis is 2\n',
      stderr: 'ralph-worker: attempt 1 at RQ-0001 has ended; attempt 2 follows\n',
    });
    expect([asked.child.exitCode, logs.child.exitCode]).toEqual([0, 0]);
    await finished(worker);
  });

  it('says where it is to be followed when another loop does the task', async () => {
    const repo = temporaryRepository();
    await runProgram('ralph-worker', ['worktree', 'add', 'bright-maple'], { cwd: repo.root });
    const loop = join(repo.root, '.worktrees/bright-maple');
    const worker = started(repo, `${EDIT}; echo first; ${until('go')}`, '--repo', loop);
    await waitUntil('the log', () => existsSync(join(loop, '.ralph/logs/parallel/RQ-0001.1.log')));
    const there = follow(repo, '--repo', loop);
    await there.shows('first\n');
    const { status, stdout, stderr } = await runProgram('ralph-worker', ['logs', 'RQ-0001', '--follow'], {
      cwd: repo.root,
    });
    expect({ status, stdout }).toEqual({ status: 6, stdout: '' });
    expect(stderr).toContain(`attempt 1 at RQ-0001 is under way in another loop: ${loop}`);
    expect(stderr).toContain(`ralph-worker logs RQ-0001 --follow --repo ${loop}`);
    make(repo, 'go');
    await there.ended();
    expect(there.told.stdout).toBe('first\n');
    await finished(worker);
  });

  it('ends with 130 on Ctrl-C, and with 0 when the worker was killed', async () => {
    const repo = temporaryRepository();
    const worker = started(repo, `${EDIT}; echo first; ${until('never')}`);
    await pidOfLog(repo);
    const [interrupted, left] = [follow(repo), follow(repo)];
    await Promise.all([interrupted, left].map((one) => one.shows('first\n')));
    interrupted.child.kill('SIGINT');
    await interrupted.ended();
    expect({ status: interrupted.child.exitCode, stderr: interrupted.told.stderr }).toEqual({
      status: 130,
      stderr: '',
    });
    worker.kill('SIGKILL');
    await left.ended();
    expect({ status: left.child.exitCode, stderr: left.told.stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('ends quietly when nobody reads it any more, though the agent says nothing', async ({ skip }) => {
    skip(process.platform !== 'linux', 'only Linux lets us see who reads a pipe');
    const repo = temporaryRepository();
    const worker = started(repo, `${EDIT}; echo first; ${until('never')}`);
    await pidOfLog(repo);
    const script = '{ "$NODE" "$LOGS" logs RQ-0001 --follow; echo "status $?" >&2; } | head -n 1';
    const env = { ...testEnvironment(), NODE: process.execPath, LOGS: builtProgram('ralph-worker') };
    const { stdout, stderr } = await promisify(execFile)('sh', ['-c', script], { cwd: repo.root, env });
    expect({ stdout, stderr }).toEqual({ stdout: 'first\n', stderr: 'status 141\n' });
    make(repo, 'never');
    await finished(worker);
  });
});

function place(line: string): number {
  const [part, number] = line.split(' ').map(Number);
  return (part ?? 0) * 1000 + (number ?? 0);
}

/** Waits until the agent of the task has begun to write. */
function pidOfLog(repo: TestRepository): Promise<boolean> {
  return waitUntil('the log', () => existsSync(join(repo.root, '.ralph/logs/parallel/RQ-0001.1.log')));
}
