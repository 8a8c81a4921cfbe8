import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readlinkSync, renameSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { identityOf } from '@ralph/protocol/process/process-identity';
import { takeClaim } from '@ralph/protocol/process/task-claim';
import { momentAfter, seededChance } from '@ralph/protocol/testing/chance';
import { errorRecord, records, startProgram, transcriptOf } from '@ralph/protocol/testing/run-built-program';
import { queueTask, temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { agentStarted, stream, taskBlocked, taskCompleted, taskFailed } from './support/events.ts';
import { DONE, ralphState, STATE, stateOnDisk } from './support/repository.ts';

const ours = identityOf(process.pid) ?? { pid: process.pid, start_time: '', boot_id: '' };
const started = (task: string, attempt = 1) => agentStarted({ task, attempt, identity: ours });

async function withStarted(...ids: readonly string[]): Promise<TestRepository> {
  const repository = temporaryRepository();
  await ralphState(repository.root, ['apply'], stream(...ids.map((id) => started(id))));
  return repository;
}

function startWait({ root }: TestRepository, ...args: readonly string[]) {
  const child = startProgram('ralph-state', ['wait', ...args], { cwd: root });
  return { child, ended: transcriptOf(child) };
}

/** Tells whether a program that says nothing has begun to watch: then it has looked, or is about to. */
function isWatching(pid: number | undefined): boolean {
  try {
    const links = readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
    return links.some((link) => link.includes('inotify'));
  } catch {
    return false;
  }
}

async function watching(pid: number | undefined): Promise<void> {
  await waitUntil('the watch', () => isWatching(pid));
}

describe('ralph-state wait', () => {
  it('ends with 0 when the task lands, and prints its record', async () => {
    const repository = await withStarted('A');
    const { child, ended } = startWait(repository, 'A');
    await watching(child.pid);
    await ralphState(repository.root, ['apply'], stream(taskCompleted({ task: 'A' })));
    const { status, stdout, stderr } = await ended;
    expect({ status, stderr, told: records(stdout) }).toMatchObject({
      status: 0,
      stderr: '',
      told: [{ task_id: 'A', lifecycle: 'completed' }],
    });
  });

  it.each([
    ['fails', taskFailed({ task: 'A', reason: 'red gate\nmore' }), 1, 'task_failed', 'A has failed: red gate'],
    ['is blocked', taskBlocked({ task: 'A' }), 3, 'task_blocked', 'A is blocked: conflict in a.txt'],
  ])('ends when the task %s, without waiting for others', async (_title, event, exit, code, message) => {
    const repository = await withStarted('A', 'B');
    const { child, ended } = startWait(repository, 'B', 'A');
    await watching(child.pid);
    await ralphState(repository.root, ['apply'], stream(event));
    const { status, stdout, stderr } = await ended;
    expect({ status, told: records(stdout).map(({ task_id }) => task_id), error: errorRecord(stderr) }).toMatchObject({
      status: exit,
      told: ['A'],
      error: { code, message, task_id: 'A', exit },
    });
  });

  it('is content with any end for --for terminal', async () => {
    const repository = await withStarted('A', 'B', 'C');
    await ralphState(repository.root, ['apply'], stream(taskFailed({ task: 'A' }), taskBlocked({ task: 'B' })));
    const { child, ended } = startWait(repository, 'C', 'A', 'B', '--for', 'terminal');
    await watching(child.pid);
    await ralphState(repository.root, ['apply'], stream(taskCompleted({ task: 'C' })));
    const { status, stdout } = await ended;
    expect({ status, told: records(stdout).map(({ task_id }) => task_id) }).toEqual({
      status: 0,
      told: ['A', 'B', 'C'],
    });
  });

  it('looks at the queue and the done file where there is no record', async () => {
    const repository = temporaryRepository();
    repository.queue([queueTask('Q')]);
    repository.write(
      DONE,
      JSON.stringify({
        version: 1,
        tasks: [queueTask('D', { status: 'done' }), queueTask('R', { status: 'rejected' })],
      }),
    );
    const landed = await ralphState(repository.root, ['wait', 'D']);
    expect([landed.status, ...records(landed.stdout)]).toEqual([0, { task_id: 'D', lifecycle: 'completed' }]);
    const rejected = await ralphState(repository.root, ['wait', 'R']);
    expect([rejected.status, errorRecord(rejected.stderr)['code']]).toEqual([1, 'task_failed']);
    const ended = await ralphState(repository.root, ['wait', 'R', '--for', 'terminal']);
    expect([ended.status, ...records(ended.stdout)]).toEqual([0, { task_id: 'R', lifecycle: 'rejected' }]);
    const { child, ended: queued } = startWait(repository, 'Q');
    await watching(child.pid);
    await ralphState(repository.root, ['task', 'archive', 'Q']);
    expect((await queued).status).toBe(0);
  });

  it('ends at once with 6 for what nobody knows', async () => {
    const repository = await withStarted('A');
    const { status, stdout, stderr } = await startWait(repository, 'A', 'nobody').ended;
    expect({ status, stdout, ...errorRecord(stderr) }).toMatchObject({
      status: 6,
      stdout: '',
      code: 'record_not_found',
      task_id: 'nobody',
    });
  });

  it('waits for a task that is to be tried again', async () => {
    const repository = await withStarted('A');
    await ralphState(repository.root, ['apply'], stream(taskFailed({ task: 'A' })));
    const state = stateOnDisk(repository.root);
    const workers = state.workers.map((record) => ({ ...record, retry_requested_at: '2026-01-01T00:00:00.000Z' }));
    repository.write(STATE, JSON.stringify({ ...state, workers }));
    const { child, ended } = startWait(repository, 'A');
    await watching(child.pid);
    await ralphState(repository.root, ['apply'], stream(started('A', 2), taskCompleted({ task: 'A', attempt: 2 })));
    expect((await ended).status).toBe(0);
  });

  it('prints each record once, however often its id is given', async () => {
    const repository = await withStarted('A');
    await ralphState(repository.root, ['apply'], stream(taskCompleted({ task: 'A' })));
    const { status, stdout } = await startWait(repository, 'A', 'A', 'A').ended;
    expect([status, records(stdout).length]).toEqual([0, 1]);
  });

  it('waits for ten tasks, and prints them as they come; two may wait for the same', async () => {
    const ids = Array.from({ length: 10 }, (_, index) => `T${index}`);
    const repository = await withStarted(...ids);
    const waits = [startWait(repository, ...ids), startWait(repository, 'T3')];
    for (const { child } of waits) await watching(child.pid);
    const order = ids.toReversed();
    for (const task of order) await ralphState(repository.root, ['apply'], stream(taskCompleted({ task })));
    const [all, one] = await Promise.all(waits.map(({ ended }) => ended));
    expect([all?.status, one?.status]).toEqual([0, 0]);
    expect(new Set(records(all?.stdout ?? '').map(({ task_id }) => task_id))).toEqual(new Set(ids));
    expect(records(one?.stdout ?? '')).toHaveLength(1);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('ends with 128+n by %s', async (signal, exit) => {
    const { child, ended } = startWait(await withStarted('A'), 'A');
    await watching(child.pid);
    child.kill(signal);
    expect(await ended).toEqual({ status: exit, stdout: '', stderr: '' });
  });

  it('shows a line to a person', async () => {
    const repository = await withStarted('A');
    await ralphState(repository.root, ['apply'], stream(taskCompleted({ task: 'A' })));
    expect((await startWait(repository, 'A', '--format', 'table').ended).stdout).toBe('A  completed\n');
  });

  it('ends with 65 when the state cannot be read, at the start at once and later when it stays so', async () => {
    const repository = await withStarted('A');
    const { child, ended } = startWait(repository, 'A');
    await watching(child.pid);
    repository.write(STATE, '{ "workers": [');
    const late = await ended;
    expect([late.status, errorRecord(late.stderr)['code']]).toEqual([65, 'state_corrupt']);
    const { status, stderr } = await startWait(repository, 'A').ended;
    expect([status, errorRecord(stderr)['code']]).toEqual([65, 'state_corrupt']);
  });

  it('does not mind a state that is half written for a moment', async () => {
    const repository = await withStarted('A');
    const whole = repository.read(STATE);
    const { child, ended } = startWait(repository, 'A');
    await watching(child.pid);
    repository.write(STATE, whole.slice(0, 20));
    await momentAfter(100);
    repository.write(STATE, whole.replace('"running"', '"completed"'));
    expect((await ended).status).toBe(0);
  });
});

describe('ralph-state wait --timeout', () => {
  it.each(['0', '0.2', '.2s'])('%s ends with 124 and says what it waited for', async (time) => {
    const { status, stdout, stderr } = await startWait(await withStarted('A', 'B'), 'A', 'B', '--timeout', time).ended;
    expect({ status, stdout, ...errorRecord(stderr) }).toMatchObject({
      status: 124,
      stdout: '',
      code: 'wait_timeout',
      message: expect.stringContaining('A is running, B is running'),
      details: { waiting: ['A', 'B'] },
    });
  });

  it('0 looks once', async () => {
    const repository = await withStarted('A');
    await ralphState(repository.root, ['apply'], stream(taskFailed({ task: 'A' })));
    expect((await startWait(repository, 'A', '--timeout', '0').ended).status).toBe(1);
    expect((await startWait(repository, 'A', '--for', 'terminal', '--timeout', '0').ended).status).toBe(0);
  });

  it('2h is no hindrance', async () => {
    const repository = await withStarted('A');
    const { child, ended } = startWait(repository, 'A', '--timeout', '2h');
    await watching(child.pid);
    await ralphState(repository.root, ['apply'], stream(taskCompleted({ task: 'A' })));
    expect((await ended).status).toBe(0);
  });

  it.each([['-1'], ['soon'], ['1e3'], ['']])('%j is refused', async (time) => {
    const { status, stderr } = await startWait(await withStarted('A'), 'A', `--timeout=${time}`).ended;
    expect([status, errorRecord(stderr)['code']]).toEqual([64, 'usage']);
  });

  it('no id and an unknown goal are refused', async () => {
    const repository = temporaryRepository();
    expect((await startWait(repository).ended).status).toBe(64);
    expect((await startWait(repository, 'A', '--for', 'ever').ended).status).toBe(64);
  });
});

describe('ralph-state wait, when the owner of a record dies', () => {
  async function withOwner() {
    const owner = spawn('sleep', ['1000']);
    onTestFinished(() => void owner.kill('SIGKILL'));
    const identity = await waitUntil('the owner', () => identityOf(owner.pid ?? 0));
    const repository = temporaryRepository();
    await ralphState(repository.root, ['apply'], stream(agentStarted({ task: 'A', identity })));
    const die = async () => {
      owner.kill('SIGKILL');
      await once(owner, 'exit');
    };
    return { repository, die };
  }

  it.each(['landed', 'terminal'])('ends with 1, though no file changes, for %s', async (goal) => {
    const { repository, die } = await withOwner();
    const { child, ended } = startWait(repository, 'A', '--for', goal);
    await watching(child.pid);
    await die();
    const { status, stdout, stderr } = await ended;
    expect({ status, told: records(stdout), ...errorRecord(stderr) }).toMatchObject({
      status: 1,
      told: [{ task_id: 'A', lifecycle: 'running', lost: true }],
      code: 'task_failed',
      message: 'A is running, but its process is gone',
    });
  });

  it('takes the last word of who is gone when it still comes', async () => {
    const { repository, die } = await withOwner();
    const { child, ended } = startWait(repository, 'A');
    await watching(child.pid);
    await die();
    await ralphState(repository.root, ['apply'], stream(taskCompleted({ task: 'A' })));
    expect((await ended).status).toBe(0);
  });

  it('goes on as long as somebody has the claim of the task', async () => {
    const { repository, die } = await withOwner();
    const claim = await takeClaim(repository.root, 'A', { waitMs: 0 });
    await die();
    const held = await startWait(repository, 'A', '--timeout', '0').ended;
    expect(held.status).toBe(124);
    claim.release();
    const free = await startWait(repository, 'A', '--timeout', '0').ended;
    expect(free.status).toBe(1);
  });
});

it('ralph-state wait loses no wake-up, whenever the change comes', { timeout: 180_000 }, async () => {
  const random = seededChance();
  const repository = await withStarted('A');
  const whole = repository.read(STATE);
  const landed = whole.replace('"running"', '"completed"');
  // How long it takes to stand, by rounds that look for it; the others put the change around that moment.
  const standing: number[] = [];
  for (let round = 0; round < 50; round += 1) {
    repository.write(STATE, whole);
    const began = performance.now();
    const { child, ended } = startWait(repository, 'A');
    if (round % 10 < 2) {
      while (!isWatching(child.pid)) await new Promise((resolve) => setImmediate(resolve));
      standing.push(performance.now() - began);
    } else {
      const usual = standing.reduce((sum, time) => sum + time, 0) / standing.length;
      await momentAfter(usual + (random() - 0.5) * 20);
    }
    repository.write(`${STATE}.next`, landed);
    renameSync(`${repository.root}/${STATE}.next`, `${repository.root}/${STATE}`);
    expect((await ended).status, `round ${round}`).toBe(0);
  }
});
