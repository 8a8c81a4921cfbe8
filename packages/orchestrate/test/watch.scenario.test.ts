import { expect, it } from 'vitest';
import {
  errorRecord,
  records,
  runProgram,
  startProgram,
  transcriptOf,
} from '@ralph/protocol/testing/run-built-program';
import { queueTask, temporaryRepository } from '@ralph/protocol/testing/temporary-repository';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { HeldAgent } from './support/held-agent.ts';
import { leftovers } from './support/leftovers.ts';

const QUEUE = '.ralph/queue.jsonc';

/** Starts a run that watches, and tells what it has printed so far. */
function watch(cwd: string, agent: HeldAgent) {
  const child = startProgram('ralph-orchestrate', ['run', '--watch', '--', agent.command], { cwd });
  let [said, told] = ['', ''];
  child.stderr.on('data', (text: Buffer) => (said += text.toString()));
  child.stdout.on('data', (text: Buffer) => (told += text.toString()));
  return { said: () => said, told: () => told, ended: transcriptOf(child) };
}

it('a run that watches stays, starts what other shells add, waits for a time, and bears a queue that is saved half', async () => {
  const repository = temporaryRepository();
  const { root } = repository;
  const agent = new HeldAgent(repository);
  agent.letGo();
  repository.queue([]);
  const watched = watch(root, agent);
  const landed = (number: number) =>
    waitUntil(`${number} landed`, () => watched.told().split('"task.completed"').length - 1 === number);
  await waitUntil('it has begun', () => watched.told().includes('run.started'));
  expect(await runProgram('ralph-state', ['task', 'add', '--title', 'one'], { cwd: root })).toMatchObject({
    status: 0,
  });
  await landed(1);
  repository.write(QUEUE, '{"version":1,"tasks":[{"id":"RQ-0');
  await waitUntil('it has told of the queue', () => watched.said().includes('no task is started until this is mended'));
  const soon = new Date(Date.now() + 1500).toISOString();
  repository.queue([queueTask('RQ-0007'), queueTask('RQ-0008', { scheduled_start: soon })]);
  await landed(3);
  await runProgram('ralph-orchestrate', ['stop'], { cwd: root });
  const { status, stdout, stderr } = await watched.ended;
  expect(status).toBe(0);
  expect(records(stdout).at(-1)).toMatchObject({ outcome: 'stopped', stop_reason: 'asked', counts: { landed: 3 } });
  expect(stderr.split('no task is started until this is mended')).toHaveLength(2);
  expect(leftovers(repository)).toEqual([]);
});

it('an edit of the queue fills a free place while an agent runs, and one saved half ends nothing but the run, with 65', async () => {
  const repository = temporaryRepository();
  const { root } = repository;
  const agent = new HeldAgent(repository);
  repository.queue([queueTask('RQ-0001')]);
  const ended = transcriptOf(
    startProgram('ralph-orchestrate', ['run', '--workers', '2', '--', agent.command], { cwd: root }),
  );
  await waitUntil('the first agent runs', () => agent.begun.length === 1);
  repository.queue([queueTask('RQ-0001'), queueTask('RQ-0002')]);
  await waitUntil('the second agent runs', () => agent.begun.length === 2);
  repository.write(QUEUE, '{"version":1,');
  agent.letGo();
  const { status, stdout, stderr } = await ended;
  expect([status, errorRecord(stderr)['code']]).toEqual([65, 'queue_corrupt']);
  expect(records(stdout).at(-1)).toMatchObject({ type: 'run.finished', landed: ['RQ-0001', 'RQ-0002'] });
  expect(leftovers(repository)).toEqual([]);
});

it('a task of a queue that git carries is started once it is pushed, not before', async () => {
  const repository = temporaryRepository();
  const { root } = repository;
  const agent = new HeldAgent(repository);
  agent.letGo();
  repository.queue([queueTask('RQ-0001')]);
  repository.git('add', '-f', QUEUE);
  repository.git('commit', '-q', '-m', 'queue');
  repository.git('push', '-q', 'origin', 'main');
  const watched = watch(root, agent);
  await waitUntil('the first has landed', () => watched.told().includes('"task.completed"'));
  // Git moves the branch when the files are whole: an edit before that would mix with what it writes.
  await waitUntil('the checkout has it', () => repository.git('log', '-1', '--format=%s').includes('move to done'));
  repository.queue([queueTask('RQ-0002')]);
  await waitUntil('it is told', () =>
    watched.said().includes('RQ-0002 waits until the queue that has it is committed and pushed'),
  );
  repository.git('commit', '-q', '-am', 'more');
  repository.git('push', '-q', 'origin', 'main');
  await waitUntil('the second has landed', () => watched.told().split('"task.completed"').length === 3);
  await runProgram('ralph-orchestrate', ['stop'], { cwd: root });
  const { status, stdout } = await watched.ended;
  expect(status).toBe(0);
  expect(records(stdout).at(-1)).toMatchObject({ landed: ['RQ-0001', 'RQ-0002'], counts: { landed: 2, failed: 0 } });
  expect(leftovers(repository)).toEqual([]);
});
