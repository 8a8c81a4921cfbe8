import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { errorRecord, records, runProgram } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { queueTask, temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { leftovers } from './support/leftovers.ts';

const TEN = Array.from({ length: 10 }, (_, number) => `RQ-00${String(number + 1).padStart(2, '0')}`);

/** An agent that is turned away at the third task while the file `closed` is there; `seconds` is what it is told. */
function turnedAwayAtThird({ folder }: TestRepository, seconds: number): string {
  return scriptedCommand(
    folder,
    'agent',
    `echo "$RALPH_TASK_ID" >> "${folder}/agents"
     if [ "$RALPH_TASK_ID" = RQ-0003 ] && [ -e "${folder}/closed" ]; then
       rm "${folder}/closed"
       echo 'Error: usage limit reached, try again in ${seconds} seconds'; exit 1
     fi
     echo x > "$RALPH_TASK_ID.txt"`,
  );
}

function begunIn({ folder }: TestRepository): string[] {
  const path = join(folder, 'agents');
  return existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : [];
}

function tenTasks(): TestRepository {
  const repository = temporaryRepository();
  repository.queue(TEN.map((id) => queueTask(id)));
  writeFileSync(join(repository.folder, 'closed'), '');
  return repository;
}

it('a limit in the third of ten tasks: what runs lands, nothing new is started, status 5 and when to come again; the next run heeds it', async () => {
  const repository = tenTasks();
  const { root } = repository;
  const agent = turnedAwayAtThird(repository, 3000);
  const run = await runProgram('ralph-orchestrate', ['run', '--workers', '2', '--', agent], { cwd: root });
  expect(run.status).toBe(5);
  const told = records(run.stdout);
  // The third has one beside it at most, and none after it.
  expect(begunIn(repository).length).toBeLessThanOrEqual(4);
  const turnedAwayAt = told.findIndex(({ type, code }) => type === 'task.failed' && code === 'rate_limited');
  expect(told.slice(turnedAwayAt).filter(({ type }) => type === 'agent.started')).toEqual([]);
  const finished = told.findLast(({ type }) => type === 'run.finished');
  expect(finished).toMatchObject({ outcome: 'limit', stop_reason: 'limit', failed: ['RQ-0003'], blocked: [] });
  const retryAfter = Number(finished?.['retry_after']);
  expect(retryAfter).toBeGreaterThan(2000);
  expect(retryAfter).toBeLessThanOrEqual(3000);
  const error = errorRecord(run.stderr);
  expect(error).toMatchObject({ code: 'rate_limited', exit: 5, retryable: true, retry_after: retryAfter });
  expect(error['message']).toContain('RQ-0003');
  expect(error['message']).toContain('usage limit reached');

  const status = await runProgram('ralph-orchestrate', ['status'], { cwd: root });
  expect(records(status.stdout)).toMatchObject([{ closed_accounts: [{ account: 'agent', task_id: 'RQ-0003' }] }]);
  const shown = await runProgram('ralph-orchestrate', ['status', '--format', 'table'], { cwd: root });
  expect(shown.stdout).toContain('no agent of agent before ');

  const before = begunIn(repository).length;
  const next = await runProgram('ralph-orchestrate', ['run', '--', agent], { cwd: root });
  expect(next.status).toBe(5);
  expect(errorRecord(next.stderr)).toMatchObject({ code: 'rate_limited', retry_after: expect.any(Number) });
  expect(begunIn(repository)).toHaveLength(before);

  const other = await runProgram('ralph-orchestrate', ['run', '--account', 'mine', '--max-tasks', '1', '--', agent], {
    cwd: root,
  });
  expect([other.status, begunIn(repository).length]).toEqual([0, before + 1]);
  const despite = await runProgram('ralph-orchestrate', ['run', '--despite-quota', '--', agent], { cwd: root });
  expect(despite.status).toBe(0);
  for (const id of TEN) expect(repository.gitOrigin('show', `main:${id}.txt`)).toBe('x');
  expect(leftovers(repository)).toEqual([]);
});

it('with --wait-for-quota all ten land later in the same run', async () => {
  const repository = tenTasks();
  const agent = turnedAwayAtThird(repository, 2);
  const args = ['run', '--workers', '3', '--wait-for-quota', '--', agent];
  const run = await runProgram('ralph-orchestrate', args, { cwd: repository.root });
  expect(run.status).toBe(0);
  const told = records(run.stdout);
  expect(told.at(-1)).toMatchObject({ outcome: 'completed', counts: { landed: 10, failed: 0, blocked: 0 } });
  const paused = told.findIndex(({ type }) => type === 'run.paused');
  expect(told[paused]).toMatchObject({ code: 'rate_limited', retry_after: expect.any(Number) });
  for (const id of TEN) expect(repository.gitOrigin('show', `main:${id}.txt`)).toBe('x');
  expect(begunIn(repository).filter((id) => id === 'RQ-0003')).toHaveLength(2);
  expect(leftovers(repository)).toEqual([]);
});

it('what others know of the account: finished work lands behind a fresh task, which is not started; a wrong clock is not believed', async () => {
  const repository = temporaryRepository();
  const { root, folder } = repository;
  repository.queue([queueTask('RQ-0001', { status: 'draft' }), queueTask('RQ-0002')]);
  const agent = scriptedCommand(
    folder,
    'agent',
    'echo "$RALPH_TASK_ID" >> "$OUT/agents"; echo x > "$RALPH_TASK_ID.txt"',
  );
  const run = (...words: string[]) =>
    runProgram('ralph-orchestrate', ['run', ...words, '--no-resolver', '--', agent], {
      cwd: root,
      env: { OUT: folder },
    });
  expect(await run('--ci', `test -e '${folder}/green'`)).toMatchObject({ status: 2 });
  await runProgram('ralph-orchestrate', ['retry', 'RQ-0002'], { cwd: root });
  repository.queue([queueTask('RQ-0001'), queueTask('RQ-0002')]);
  writeFileSync(join(folder, 'green'), '');
  const entry = (open: number) => ({
    account: 'agent',
    closed_at: new Date().toISOString(),
    open_at: new Date(open).toISOString(),
    told: true,
    task_id: 'RQ-0009',
    reason: 'no more today',
  });
  repository.write('.ralph/cache/quota/agent.json', JSON.stringify(entry(Date.now() + 3_600_000)));
  const closed = await run('--ci', `test -e '${folder}/green'`);
  expect(closed.status).toBe(5);
  const finished = records(closed.stdout).findLast(({ type }) => type === 'run.finished');
  expect(finished).toMatchObject({ outcome: 'limit', landed: ['RQ-0002'] });
  expect(begunIn(repository)).toEqual(['RQ-0002']);
  const error = errorRecord(closed.stderr);
  expect(error).toMatchObject({ code: 'rate_limited', retry_after: expect.any(Number), details: { account: 'agent' } });
  expect(error['message']).toContain('since that of RQ-0009 was turned away: no more today');

  repository.write('.ralph/cache/quota/agent.json', JSON.stringify(entry(Date.UTC(2099, 0, 1))));
  expect(await run()).toMatchObject({ status: 0 });
  expect(begunIn(repository)).toEqual(['RQ-0002', 'RQ-0001']);
});

it('a quota file that is broken, or of another account, keeps nothing from being started', async () => {
  const repository = temporaryRepository();
  repository.queue([queueTask('RQ-0001')]);
  repository.write('.ralph/cache/quota/agent.json', '{"account": "agent", "open_at": ');
  const agent = scriptedCommand(repository.folder, 'agent', 'echo x > x.txt');
  const run = await runProgram('ralph-orchestrate', ['run', '--', agent], { cwd: repository.root });
  expect(run).toMatchObject({ status: 0 });
});
