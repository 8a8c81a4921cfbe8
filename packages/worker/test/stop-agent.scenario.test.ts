import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { signalProcess } from '@ralph/protocol/process/process-list';
import { takeClaim } from '@ralph/protocol/process/task-claim';
import { errorRecord, records, runProgram, transcriptOf } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { watchersOf } from './support/watchers.ts';
import { isLiving, pidIn, runOf, startWorker, STUBBORN, taskLines } from './worker-run.ts';

const PIDS = ['agent.pid', 'child', 'apart'];

async function stop(repo: TestRepository, ...ids: readonly string[]) {
  const { status, stdout, stderr } = await runProgram('ralph-worker', ['stop', ...ids], { cwd: repo.root });
  return { status, rows: records(stdout), stderr };
}

/** The first task is stubborn, the second waits for a file, the others are quick. */
const MIXED = `
case $RALPH_TASK_ID in
  RQ-0001) ${STUBBORN} ;;
  RQ-0002) echo $$ > "$OUT/second"; while [ ! -e "$OUT/go" ]; do sleep 0.05; done ;;
esac
echo x > "$RALPH_TASK_ID.txt"`;

describe('ralph-worker stop', () => {
  it('ends one agent whole; its run tells it as cancelled, keeps its work and goes on with the others', async () => {
    const repo = temporaryRepository();
    const worker = startWorker(repo, MIXED, '--jobs', '2');
    const ended = transcriptOf(worker);
    worker.stdin.end(taskLines('RQ-0001', 'RQ-0002', 'RQ-0003'));
    const pids = await Promise.all(PIDS.map((name) => pidIn(repo, name)));
    const second = await pidIn(repo, 'second');
    expect(await stop(repo, 'RQ-0001')).toMatchObject({ status: 0, rows: [{ task_id: 'RQ-0001', stopped: true }] });
    expect([...pids, second].map(isLiving)).toEqual([false, false, false, true]);
    writeFileSync(join(repo.folder, 'go'), '');
    const { status, stdout, stderr } = await ended;
    const run = runOf(status, stdout, stderr);
    expect(status).toBe(2);
    const finished = run.events('agent.finished').map((event) => [event['task_id'], event['reason']]);
    expect(Object.fromEntries(finished)).toEqual({ 'RQ-0001': 'cancelled', 'RQ-0002': 'exited', 'RQ-0003': 'exited' });
    expect(run.events('task.failed')).toMatchObject([
      { task_id: 'RQ-0001', code: 'cancelled', reason: 'stopped on request', salvage_ref: expect.any(String) },
    ]);
    expect(repo.git('show', 'refs/ralph/salvage/RQ-0001/1:edit.txt')).toBe('edit');
  });

  it('ends a set-up and gives the attempt up, also when the set-up ends well all the same', async () => {
    const repo = temporaryRepository();
    const setup = 'trap "exit 0" INT; echo $$ > "$OUT/$RALPH_TASK_ID"; while :; do sleep 0.05; done';
    const worker = startWorker(repo, 'touch "$OUT/agent-ran"', '--setup', setup);
    const ended = transcriptOf(worker);
    worker.stdin.end(taskLines('RQ-0001'));
    await pidIn(repo, 'RQ-0001');
    expect(await stop(repo, 'RQ-0001')).toMatchObject({ status: 0, rows: [{ task_id: 'RQ-0001', stopped: true }] });
    const { status, stdout, stderr } = await ended;
    expect(runOf(status, stdout, stderr).events('task.failed')).toMatchObject([
      { code: 'cancelled', reason: 'stopped on request' },
    ]);
    expect(existsSync(join(repo.folder, 'agent-ran'))).toBe(false);
    expect(readdirSync(join(repo.root, '.ralph/cache/parallel/agents'))).toEqual([]);
  });

  it('ends several side by side, and says of the others that nothing runs', async () => {
    const repo = temporaryRepository();
    const worker = startWorker(
      repo,
      'trap "" INT; echo $$ > "$OUT/$RALPH_TASK_ID"; while :; do sleep 0.1; done',
      '--jobs',
      '3',
    );
    const ended = transcriptOf(worker);
    const ids = ['RQ-0001', 'RQ-0002', 'RQ-0003'];
    worker.stdin.end(taskLines(...ids));
    const pids = await Promise.all(ids.map((id) => pidIn(repo, id)));
    const { status, rows } = await stop(repo, ...ids, 'RQ-0009', 'RQ-0001');
    expect(status).toBe(0);
    expect(rows).toEqual([
      ...ids.map((id) => ({ task_id: id, stopped: true })),
      { task_id: 'RQ-0009', stopped: false, reason: 'no agent of it runs' },
    ]);
    expect(pids.filter(isLiving)).toEqual([]);
    expect((await ended).status).toBe(1);
  });

  it('has an attempt given up whose agent is not started yet', async () => {
    const repo = temporaryRepository();
    const hold = join(repo.folder, 'hold');
    writeFileSync(hold, '');
    // What origin is fetched with waits for the test.
    const upload = scriptedCommand(
      repo.folder,
      'upload',
      `echo $$ > "${repo.folder}/fetching"; while [ -e "${hold}" ]; do sleep 0.05; done; exec git-upload-pack "$@"`,
    );
    repo.git('config', 'remote.origin.uploadpack', upload);
    const worker = startWorker(repo, 'echo ran > "$OUT/ran"');
    const ended = transcriptOf(worker);
    worker.stdin.end(taskLines('RQ-0001'));
    await pidIn(repo, 'fetching');
    const stopping = stop(repo, 'RQ-0001');
    await waitUntil('the request', () => repo.git('ls-files', '-o', '.ralph').includes('RQ-0001.stop'));
    rmSync(hold);
    expect(await stopping).toMatchObject({ status: 0, rows: [{ task_id: 'RQ-0001', stopped: true }] });
    const { status, stdout, stderr } = await ended;
    const run = runOf(status, stdout, stderr);
    expect(run.events('agent.started')).toEqual([]);
    expect(run.events('task.failed')).toMatchObject([{ code: 'cancelled', reason: 'stopped on request' }]);
  });

  it('ends an agent whose worker is gone by itself', async () => {
    const repo = temporaryRepository();
    const worker = startWorker(repo, STUBBORN);
    worker.stdin.write(taskLines('RQ-0001'));
    const pids = await Promise.all(PIDS.map((name) => pidIn(repo, name)));
    for (const pid of [...watchersOf(worker.pid ?? 0), worker.pid ?? 0]) signalProcess(pid, 'SIGKILL');
    await waitUntil('the end of the worker', () => worker.signalCode !== null);
    expect(await stop(repo, 'RQ-0001')).toMatchObject({ status: 0, rows: [{ stopped: true }] });
    expect(pids.filter(isLiving)).toEqual([]);
  });

  it('does not end the agent that it is a part of', async () => {
    const repo = temporaryRepository();
    const self = `"${process.execPath}" "${join(import.meta.dirname, '../bin/ralph-worker.cjs')}"`;
    const worker = startWorker(
      repo,
      `${self} stop "$RALPH_TASK_ID" --repo "${repo.root}" > "$OUT/said"; echo $? >> "$OUT/said"; echo x > x`,
    );
    const ended = transcriptOf(worker);
    worker.stdin.end(taskLines('RQ-0001'));
    expect((await ended).status).toBe(0);
    expect(readFileSync(join(repo.folder, 'said'), 'utf8')).toMatch(/"stopped":false.*part of its agent"\}\n1\n$/);
  });

  it('says that somebody who runs no agent has the task', async () => {
    const repo = temporaryRepository();
    const claim = await takeClaim(repo.root, 'RQ-0001', { waitMs: 0 });
    onTestFinished(() => claim.release());
    const { status, rows } = await stop(repo, 'RQ-0001');
    expect(status).toBe(0);
    expect(rows).toMatchObject([{ stopped: false, reason: expect.stringContaining('runs no agent') }]);
  });

  it('refuses an unsafe id before it does anything, and a call without one', async () => {
    const repo = temporaryRepository();
    const { status, stderr } = await stop(repo, 'RQ-0001', '../x');
    expect([status, errorRecord(stderr)['code']]).toEqual([65, 'task_unsafe_id']);
    expect((await stop(repo)).status).toBe(64);
  });
});
