import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runProgram, startProgram, transcriptOf } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { queueTask, temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { loggedEvents, writeLog } from './support/event-log.ts';
import { notifyEnvironment, Receiver, switchingReceiver } from './support/receiver.ts';

const WANTED = ['task.completed', 'run.*'];

function queued(): { repository: TestRepository; agent: string } {
  const repository = temporaryRepository();
  repository.queue([queueTask('RQ-0001')]);
  return { repository, agent: scriptedCommand(repository.folder, 'agent', 'echo x > "$RALPH_TASK_ID.txt"') };
}

function run({ root }: TestRepository, agent: string, env: Record<string, string>) {
  return runProgram('ralph-orchestrate', ['run', '--', agent], { cwd: root, env });
}

function send({ root }: TestRepository, env: Record<string, string>) {
  return runProgram('ralph-orchestrate', ['notify', 'send'], { cwd: root, env });
}

describe('a run whose targets are in trouble', () => {
  it('ends where a receiver answers by a change of the protocol', async () => {
    const { repository, agent } = queued();
    const { status, stderr } = await run(
      repository,
      agent,
      notifyEnvironment({ id: 'team', webhook: await switchingReceiver(), events: WANTED }),
    );
    expect(status).toBe(0);
    expect(stderr).toContain('was given up: 101 Switching');
  });

  it('lets a call by hand be ended, and the lock go, while a receiver is waited for', async () => {
    const { repository } = queued();
    const { root } = repository;
    writeLog(root, [{ type: 'run.paused' }], ['team']);
    const receiver = await Receiver.open();
    receiver.answer = () => 'hang';
    const env = notifyEnvironment({ id: 'team', webhook: receiver.url, timeout: '10m' });
    const sending = startProgram('ralph-orchestrate', ['notify', 'send'], { cwd: root, env });
    const ended = transcriptOf(sending);
    await waitUntil('it was sent', () => receiver.received.length === 1);
    const second = await send(repository, env);
    expect(second).toMatchObject({ status: 75, stderr: expect.stringContaining('or by another notify send') });
    sending.kill('SIGTERM');
    await ended;
    receiver.answer = () => 204;
    expect(await send(repository, env)).toMatchObject({ status: 0 });
  });

  it('tells the other targets where one has a cursor that cannot be made', async () => {
    const { repository, agent } = queued();
    repository.write('.ralph/cache/notify/bad.json/x', 'a folder where the file should be');
    const receiver = await Receiver.open();
    const env = notifyEnvironment(
      { id: 'bad', webhook: receiver.url, events: WANTED },
      { id: 'good', webhook: receiver.url, events: WANTED },
    );
    const { status, stderr } = await run(repository, agent, env);
    expect(status).toBe(0);
    expect(stderr).toContain('notifications: bad: is not told of this run');
    await runProgram('ralph-orchestrate', ['notify', 'send', 'good'], { cwd: repository.root, env });
    const types = receiver.events.map(({ type }) => type);
    expect(types).toEqual(expect.arrayContaining(['run.started', 'task.completed', 'run.finished']));
  });

  it('tells nothing twice that is being sent by hand when it begins', async () => {
    const { repository, agent } = queued();
    const { root } = repository;
    writeLog(root, [{ type: 'run.paused' }, { type: 'run.stopping' }], ['team']);
    const { folder } = repository;
    const hook = scriptedCommand(
      folder,
      'hook',
      `cat >> "${folder}/told"; until [ -e "${folder}/go" ]; do sleep 0.1; done`,
    );
    const env = notifyEnvironment({ id: 'team', command: [hook], events: ['run.*'], timeout: '10m' });
    const sending = send(repository, env);
    await waitUntil('it is being sent by hand', () => existsSync(join(folder, 'told')));
    repository.queue([]);
    const watched = startProgram('ralph-orchestrate', ['run', '--watch', '--verbose', '--', agent], { cwd: root, env });
    const ended = transcriptOf(watched);
    await waitUntil('the run has begun', () => loggedEvents(root).some(({ type }) => type === 'run.started'));
    writeFileSync(join(folder, 'go'), '');
    await sending;
    await runProgram('ralph-orchestrate', ['stop'], { cwd: root });
    await ended;
    await send(repository, env);
    const told = readFileSync(join(folder, 'told'), 'utf8')
      .split('\n')
      .filter((line) => line !== '');
    expect(new Set(told).size).toBe(told.length);
    expect(told.length).toBeGreaterThan(2);
  });
});
