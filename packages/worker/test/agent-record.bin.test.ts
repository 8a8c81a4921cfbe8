import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { signalProcess } from '@ralph/protocol/process/process-list';
import { records, runProgram } from '@ralph/protocol/testing/run-built-program';
import { temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { watchersOf } from './support/watchers.ts';
import { isLiving, pidIn, runWorker, startWorker, STUBBORN, taskLines } from './worker-run.ts';

const AGENTS = '.ralph/cache/parallel/agents';
const PIDS = ['agent.pid', 'child', 'apart'];

/** Starts a stubborn agent and kills its worker and the watcher of that at once; returns its processes. */
async function orphaned(repo: TestRepository): Promise<number[]> {
  const worker = startWorker(repo, STUBBORN);
  worker.stdin.write(taskLines('RQ-0001'));
  const pids = await Promise.all(PIDS.map((name) => pidIn(repo, name)));
  onTestFinished(() => pids.forEach((pid) => signalProcess(pid, 'SIGKILL')));
  const watchers = watchersOf(worker.pid ?? 0);
  for (const pid of [...watchers, worker.pid ?? 0]) signalProcess(pid, 'SIGKILL');
  await waitUntil('the end of the worker', () => worker.signalCode !== null);
  return pids;
}

async function reap(repo: TestRepository): Promise<Record<string, unknown>[]> {
  return records((await runProgram('ralph-worker', ['reap'], { cwd: repo.root })).stdout);
}

it('is there before the agent runs, outside of its workspace, and gone when it has ended', async () => {
  const repo = temporaryRepository();
  const run = await runWorker(
    repo,
    taskLines('RQ-0001'),
    `cp "${repo.root}/${AGENTS}/RQ-0001.json" "$OUT/seen"; echo x > x`,
  );
  const [started] = run.events('agent.started');
  expect(JSON.parse(readFileSync(join(repo.folder, 'seen'), 'utf8'))).toMatchObject({
    task_id: 'RQ-0001',
    attempt: 1,
    workspace_path: join(repo.workspaces, 'RQ-0001'),
    mark: expect.stringMatching(/^[0-9a-f]{16}\.[0-9a-f]{8}$/),
    ...(started?.['identity'] as object),
  });
  expect(readdirSync(join(repo.root, AGENTS))).toEqual([]);
});

it('has an agent ended by reap whose worker and watcher were killed, though its workspace is gone', async () => {
  const repo = temporaryRepository();
  const pids = await orphaned(repo);
  rmSync(join(repo.workspaces, 'RQ-0001'), { recursive: true });
  expect(pids.every(isLiving)).toBe(true);
  expect((await reap(repo))[0]).toMatchObject({ task_id: 'RQ-0001', action: 'ended', reason: 'its worker is gone' });
  expect(pids.filter(isLiving)).toEqual([]);
  expect(readdirSync(join(repo.root, AGENTS))).toEqual([]);
});

it.each(['prepare', 'remove'])('has an agent whose worker is gone ended by %s before anything else', async (word) => {
  const repo = temporaryRepository();
  const pids = await orphaned(repo);
  const { status } = await runProgram('ralph-worker', [word, 'RQ-0001'], { cwd: repo.root });
  expect(status).toBe(0);
  expect(pids.filter(isLiving)).toEqual([]);
});

it('has an agent whose worker is gone ended by the next run, which keeps its work', async () => {
  const repo = temporaryRepository();
  const pids = await orphaned(repo);
  const run = await runWorker(repo, taskLines('RQ-0001'), 'echo x > x');
  expect(pids.filter(isLiving)).toEqual([]);
  expect(run.status).toBe(0);
  expect(repo.git('show', 'refs/ralph/salvage/RQ-0001/1:edit.txt')).toBe('edit');
});

it('has agents whose worker is gone ended by the next run, whatever its tasks are', async () => {
  const repo = temporaryRepository();
  const pids = await orphaned(repo);
  const run = await runWorker(repo, '', 'true');
  expect(run.status).toBe(0);
  expect(run.stderr).toContain('RQ-0001: ended the agent of attempt 1');
  expect(pids.filter(isLiving)).toEqual([]);
});

it('is swept without a word when nothing of its agent lives, and never leads to a stranger', async () => {
  const repo = temporaryRepository();
  const folder = join(repo.root, AGENTS);
  mkdirSync(folder, { recursive: true });
  const identity = {
    pid: process.pid,
    start_time: '1',
    boot_id: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
  };
  const mark = `${'0'.repeat(16)}.00000000`;
  const of = { task_id: 'RQ-0001', workspace_path: join(repo.workspaces, 'RQ-0001'), token: 'x', owner: identity };
  const cgroup = '/sys/fs/cgroup/unified';
  writeFileSync(join(folder, 'RQ-0001.json'), JSON.stringify({ ...of, ...identity, attempt: 1, mark, cgroup }));
  writeFileSync(join(folder, 'RQ-0002.json'), '{');
  writeFileSync(join(folder, 'RQ-0003.stop'), 'x');
  for (const half of ['json', 'stop']) writeFileSync(join(folder, `.RQ-0004.${half}.1.${'0'.repeat(16)}.next`), '');
  expect(await reap(repo)).toEqual([]);
  expect(readdirSync(folder)).toEqual([]);
});
