import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { records, runProgram, startProgram, transcriptOf } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { queueTask, temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { leftovers } from './support/leftovers.ts';

it('takes up what failed or was blocked in the same run once somebody asks for it, kept commits without an agent', async () => {
  const repository = temporaryRepository();
  const { root, folder } = repository;
  repository.queue([queueTask('RQ-0001'), queueTask('RQ-0002'), queueTask('RQ-0003')]);
  writeFileSync(join(folder, 'hold'), '');
  const agent = scriptedCommand(
    folder,
    'agent',
    `echo "$RALPH_TASK_ID.$RALPH_ATTEMPT" >> "${folder}/agents"
     test "$RALPH_TASK_ID.$RALPH_ATTEMPT" = RQ-0001.1 && exit 3
     while [ "$RALPH_TASK_ID" = RQ-0003 ] && [ -e "${folder}/hold" ]; do sleep 0.05; done
     echo x > "$RALPH_TASK_ID.txt"`,
  );
  const gate = `test ! -e RQ-0002.txt || test -e '${folder}/green'`;
  const args = ['run', '--workers', '2', '--ci', gate, '--no-resolver', '--', agent];
  const child = startProgram('ralph-orchestrate', args, { cwd: root });
  let told = '';
  child.stdout.on('data', (text: Buffer) => (told += text.toString()));
  const ended = transcriptOf(child);
  const agents = () =>
    existsSync(join(folder, 'agents')) ? readFileSync(join(folder, 'agents'), 'utf8').trimEnd().split('\n') : [];
  const has = (type: string, id: string) =>
    waitUntil(`${type} of ${id}`, () =>
      told.split('\n').some((line) => line.includes(`"${type}"`) && line.includes(`"${id}"`)),
    );
  await has('task.failed', 'RQ-0001');
  await has('task.blocked', 'RQ-0002');
  await waitUntil('the last agent runs', () => agents().includes('RQ-0003.1'));
  writeFileSync(join(folder, 'green'), '');
  expect(await runProgram('ralph-state', ['retry', 'RQ-0001', 'RQ-0002'], { cwd: root })).toMatchObject({ status: 0 });
  await has('task.completed', 'RQ-0001');
  await has('task.completed', 'RQ-0002');
  rmSync(join(folder, 'hold'));
  const { status, stdout } = await ended;
  expect(status).toBe(0);
  expect(agents().toSorted()).toEqual(['RQ-0001.1', 'RQ-0001.2', 'RQ-0002.1', 'RQ-0003.1']);
  expect(records(stdout)).toContainEqual(
    expect.objectContaining({ type: 'task.selected', task_id: 'RQ-0002', how: 'adopt', attempt: 1 }),
  );
  expect(records(stdout).at(-1)).toMatchObject({ outcome: 'completed', counts: { landed: 3, failed: 0, blocked: 0 } });
  expect(leftovers(repository)).toEqual([]);
});

it('with --wait-for-quota pauses when agents are turned away by a rate limit, takes the task again, and ends with 5 when that goes on', async () => {
  const repository = temporaryRepository();
  const { root, folder } = repository;
  repository.queue([queueTask('RQ-0001'), queueTask('RQ-0002')]);
  const agent = scriptedCommand(
    folder,
    'agent',
    `test "$RALPH_TASK_ID" = RQ-0001 && test "$RALPH_ATTEMPT" -lt 3 && echo 'come back later' && exit 1
     test "$RALPH_TASK_ID" = RQ-0002 && echo 'come back later' && exit 1
     echo x > "$RALPH_TASK_ID.txt"`,
  );
  const limit = ['--wait-for-quota', '--rate-limit', 'come back', '--rate-limit-delay', '0.01'];
  const args = ['run', '--workers', '1', ...limit, '--', agent];
  const { status, stdout } = await runProgram('ralph-orchestrate', args, { cwd: root });
  expect(status).toBe(5);
  const told = records(stdout);
  expect(told.at(-1)).toMatchObject({
    outcome: 'limit',
    stop_reason: 'limit',
    landed: ['RQ-0001'],
    failed: ['RQ-0002'],
    retry_after: expect.any(Number),
  });
  const of = (type: string, id: string) => told.filter((event) => event['type'] === type && event['task_id'] === id);
  expect([of('task.selected', 'RQ-0001').length, of('task.selected', 'RQ-0002').length]).toEqual([3, 5]);
  expect(told.filter(({ type }) => type === 'run.paused')).toHaveLength(7);
  expect(leftovers(repository)).toEqual([]);
});

it('leaves out a task that has failed too often in earlier runs, and says how it is asked for again', async () => {
  const repository = temporaryRepository();
  repository.queue([queueTask('RQ-0001')]);
  const agent = scriptedCommand(repository.folder, 'agent', 'exit 3');
  const run = () =>
    runProgram('ralph-orchestrate', ['run', '--max-failures', '1', '--', agent], { cwd: repository.root });
  expect(await run()).toMatchObject({ status: 2 });
  const second = await run();
  expect(second).toMatchObject({
    status: 0,
    stderr: expect.stringContaining('failed too often (ralph-orchestrate retry ID)'),
  });
  expect(records(second.stdout).at(-1)).toMatchObject({ outcome: 'blocked', counts: { waiting: 1 } });
  await runProgram('ralph-state', ['retry', 'RQ-0001'], { cwd: repository.root });
  expect(await run()).toMatchObject({ status: 2 });
});
