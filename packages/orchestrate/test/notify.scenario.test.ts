import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { records, runProgram, startProgram, transcriptOf } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { queueTask, temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { loggedEvents, rotateLog } from './support/event-log.ts';
import { HeldAgent } from './support/held-agent.ts';
import { leftovers, processesOf } from './support/leftovers.ts';
import { deadPort, isSigned, notifyEnvironment, Receiver } from './support/receiver.ts';

const IDS = ['RQ-0001', 'RQ-0002', 'RQ-0003'];
const WANTED = ['task.completed', 'run.*'];

function repositoryOfThree(): { repository: TestRepository; agent: string } {
  const repository = temporaryRepository();
  repository.queue(IDS.map((id) => queueTask(id)));
  return { repository, agent: scriptedCommand(repository.folder, 'agent', 'echo x > "$RALPH_TASK_ID.txt"') };
}

function run({ root }: TestRepository, agent: string, env: Record<string, string>) {
  return runProgram('ralph-orchestrate', ['run', '--workers', '3', '--', agent], { cwd: root, env });
}

function send({ root }: TestRepository, env: Record<string, string>) {
  return runProgram('ralph-orchestrate', ['notify', 'send'], { cwd: root, env });
}

/** No time limit ends a delivery on a busy machine. */
const hookAt = (url: string) =>
  notifyEnvironment({ id: 'team', webhook: url, secret_env: 'HOOK_SECRET', events: WANTED, timeout: '10m' });

/** What a target is to hear of, in the order of the log. */
function wantedOf(root: string): unknown[] {
  return loggedEvents(root).filter(({ type }) => type === 'task.completed' || String(type).startsWith('run.'));
}

/** The first time that each event came, by its id. */
function firstsOf(...receivers: readonly Receiver[]): unknown[] {
  const all = receivers.flatMap(({ received, events }) =>
    received.map(({ headers }, index) => [headers['webhook-id'], events[index]] as const),
  );
  const firsts = new Map<unknown, unknown>();
  for (const [id, event] of all) if (!firsts.has(id)) firsts.set(id, event);
  return [...firsts.values()];
}

function landed(stdout: string): unknown {
  return (records(stdout).at(-1) as { counts?: { landed: number } } | undefined)?.counts?.landed;
}

describe('a run that tells others what happens', () => {
  it('tells a webhook all it is to hear, signed and in order, and leaves nothing behind', async () => {
    const { repository, agent } = repositoryOfThree();
    const receiver = await Receiver.open();
    const { status, stdout } = await run(repository, agent, hookAt(receiver.url));
    expect({ status, landed: landed(stdout) }).toEqual({ status: 0, landed: 3 });
    expect(leftovers(repository)).toEqual([]);
    // On a very busy machine the end of the run may not have waited for the last one.
    expect(await send(repository, hookAt(receiver.url))).toMatchObject({ status: 0 });
    expect(firstsOf(receiver)).toEqual(wantedOf(repository.root));
    expect(firstsOf(receiver)).toHaveLength(5);
    expect(receiver.received.every(isSigned)).toBe(true);
    const { run_id: runId } = receiver.events[0] as { run_id: string };
    const runIds = receiver.received.map(({ body }) => (JSON.parse(body) as { run_id: string }).run_id);
    expect(new Set(runIds)).toEqual(new Set([runId]));
  });

  it('signs with a secret that no agent, resolver or gate gets', async () => {
    const { repository } = repositoryOfThree();
    const { folder, root } = repository;
    const agent = scriptedCommand(folder, 'agent', `echo x > "$RALPH_TASK_ID.txt"; env >> ${folder}/seen`);
    const receiver = await Receiver.open();
    const args = ['run', '--ci', `env >> ${folder}/seen`, '--', agent];
    const { status } = await runProgram('ralph-orchestrate', args, { cwd: root, env: hookAt(receiver.url) });
    expect(status).toBe(0);
    expect(readFileSync(join(folder, 'seen'), 'utf8')).toContain('RALPH_TASK_ID=RQ-0003');
    expect(readFileSync(join(folder, 'seen'), 'utf8')).not.toContain('HOOK_SECRET');
    expect(receiver.received.every(isSigned)).toBe(true);
  });

  it('tells what happens when it happens', async () => {
    const { repository, agent } = repositoryOfThree();
    const { root } = repository;
    repository.queue([]);
    const receiver = await Receiver.open();
    const options = { cwd: root, env: hookAt(receiver.url) };
    const ended = transcriptOf(startProgram('ralph-orchestrate', ['run', '--watch', '--', agent], options));
    await waitUntil('the begin of the run is told', () => receiver.received.length === 1);
    repository.queue([queueTask('RQ-0001')]);
    await waitUntil('the landing is told', () => receiver.events.some(({ type }) => type === 'task.completed'));
    await runProgram('ralph-orchestrate', ['stop'], { cwd: root });
    expect(await ended).toMatchObject({ status: 0 });
  });

  it('is not kept by a receiver that never answers: all lands, and what was not sent is sent afterwards', async () => {
    const repository = temporaryRepository();
    repository.queue(IDS.map((id) => queueTask(id)));
    const agent = new HeldAgent(repository);
    const receiver = await Receiver.open();
    receiver.answer = () => 'hang';
    const running = run(repository, agent.command, hookAt(receiver.url));
    await waitUntil('the first event was sent', () => receiver.received.length > 0);
    agent.letGo();
    const { status, stdout, stderr } = await running;
    expect({ status, landed: landed(stdout) }).toEqual({ status: 0, landed: 3 });
    expect(receiver.events).toEqual([expect.objectContaining({ type: 'run.started' })]);
    expect(stderr).toContain('notifications: team: 5 events not sent yet');
    expect(stderr).toContain('ralph-orchestrate notify send');
    expect(processesOf(repository.folder)).toEqual([]);
    receiver.answer = () => 204;
    expect(await send(repository, hookAt(receiver.url))).toMatchObject({ status: 0 });
    expect(receiver.received).toHaveLength(6);
    expect(firstsOf(receiver)).toEqual(wantedOf(repository.root));
    expect(receiver.received.every(isSigned)).toBe(true);
  });

  it('is not kept by one that is down or answers with errors; the next run begins with what waits', async () => {
    const { repository, agent } = repositoryOfThree();
    const port = await deadPort();
    const env = hookAt(`http://127.0.0.1:${port}/hook`);
    const down = await run(repository, agent, env);
    expect({ status: down.status, landed: landed(down.stdout) }).toEqual({ status: 0, landed: 3 });
    expect(down.stderr).toContain('5 events not sent yet');
    const receiver = await Receiver.open(port);
    receiver.answer = () => 500;
    repository.queue([queueTask('RQ-0004')]);
    const failing = await run(repository, agent, env);
    expect({ status: failing.status, landed: landed(failing.stdout) }).toEqual({ status: 0, landed: 1 });
    expect(failing.stderr).toContain('8 events not sent yet');
    const refused = receiver.received.length;
    expect(refused).toBeGreaterThan(0);
    receiver.answer = () => 204;
    repository.queue([queueTask('RQ-0005')]);
    const well = await run(repository, agent, env);
    expect({ status: well.status, landed: landed(well.stdout) }).toEqual({ status: 0, landed: 1 });
    expect(receiver.received.length).toBeGreaterThan(refused);
    expect(await send(repository, env)).toMatchObject({ status: 0 });
    expect(firstsOf(receiver)).toEqual(wantedOf(repository.root));
    expect(firstsOf(receiver)).toHaveLength(11);
    expect(receiver.received.every(isSigned)).toBe(true);
  });

  it('tries again while the run goes on, with the same id, and says that it goes well again', async () => {
    const repository = temporaryRepository();
    repository.queue(IDS.map((id) => queueTask(id)));
    const agent = new HeldAgent(repository);
    const receiver = await Receiver.open();
    receiver.answer = () => (receiver.received.length < 3 ? 503 : 204);
    const running = run(repository, agent.command, hookAt(receiver.url));
    await waitUntil('it was tried three times', () => receiver.received.length >= 3);
    agent.letGo();
    const { status, stderr } = await running;
    expect(status).toBe(0);
    expect(new Set(receiver.received.slice(0, 3).map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(stderr).toContain('notifications: team: 503 Service Unavailable; it is tried again\n');
    expect(stderr).toContain('notifications: team: takes events again\n');
    expect(await send(repository, hookAt(receiver.url))).toMatchObject({ status: 0 });
    expect(firstsOf(receiver)).toEqual(wantedOf(repository.root));
  });

  it('loses nothing to a kill -9, half a line and a rotation of the log', async () => {
    const repository = temporaryRepository();
    repository.queue(IDS.map((id) => queueTask(id)));
    const agent = new HeldAgent(repository);
    const receiver = await Receiver.open();
    // Taken and not answered, so that the run is killed before it can have written down that it was.
    receiver.answer = ({ body }) => (body.includes('"run.started"') ? 'hang' : 204);
    const env = hookAt(receiver.url);
    const child = startProgram('ralph-orchestrate', ['run', '--', agent.command], { cwd: repository.root, env });
    const ended = transcriptOf(child);
    await waitUntil('the first event was sent', () => receiver.received.length > 0);
    await waitUntil('both agents run', () => agent.begun.length === 2);
    child.kill('SIGKILL');
    await ended;
    await waitUntil('nothing of the run is alive', () => processesOf(repository.folder).length === 0);
    appendFileSync(join(repository.root, '.ralph/logs/parallel/events.ndjson'), '{"v":1,"type":"run.fin');
    agent.letGo();
    const killed = receiver.received.length;
    receiver.answer = () => 204;
    rotateLog(repository.root);
    const { status, stdout } = await run(repository, agent.command, env);
    expect({ status, landed: landed(stdout) }).toEqual({ status: 0, landed: 3 });
    expect(await send(repository, env)).toMatchObject({ status: 0 });
    expect(firstsOf(receiver)).toEqual(wantedOf(repository.root));
    const types = wantedOf(repository.root).map((event) => (event as { type: string }).type);
    expect(types).toEqual(['run.started', 'run.started', ...IDS.map(() => 'task.completed'), 'run.finished']);
    expect(receiver.received[0]?.headers['webhook-id']).toBe(receiver.received[killed]?.headers['webhook-id']);
  });

  it('does not tell a new target what was before it', async () => {
    const { repository, agent } = repositoryOfThree();
    await run(repository, agent, {});
    const receiver = await Receiver.open();
    repository.queue([queueTask('RQ-0004')]);
    await run(repository, agent, hookAt(receiver.url));
    expect(await send(repository, hookAt(receiver.url))).toMatchObject({ status: 0 });
    expect(firstsOf(receiver)).toEqual(wantedOf(repository.root).slice(-3));
    expect(wantedOf(repository.root)).toHaveLength(5 + 3);
  });

  it('is not kept by a command that never ends: it is ended, with all that it has started', async () => {
    const repository = temporaryRepository();
    repository.queue(IDS.map((id) => queueTask(id)));
    const agent = new HeldAgent(repository);
    const { root, folder } = repository;
    const told = join(folder, 'told');
    const body = `echo "$RALPH_EVENT_TYPE" >> "${told}"; (trap '' INT; exec sleep 1000) & setsid sleep 1000; wait`;
    const hook = scriptedCommand(folder, 'hook', body);
    const env = notifyEnvironment({ id: 'slow', command: [hook], events: WANTED, timeout: '10m' });
    const running = run(repository, agent.command, env);
    await waitUntil('the command runs', () => existsSync(told));
    agent.letGo();
    const { status, stdout, stderr } = await running;
    expect({ status, landed: landed(stdout) }).toEqual({ status: 0, landed: 3 });
    expect(readFileSync(told, 'utf8')).toBe('run.started\n');
    expect(stderr).toContain('notifications: slow: 5 events not sent yet');
    expect(leftovers(repository)).toEqual([]);
    const doctor = await runProgram('ralph-orchestrate', ['doctor'], { cwd: root, env });
    const line = records(doctor.stdout).find(({ check }) => check === 'notifications');
    expect(line).toMatchObject({ level: 'warning', hint: 'ralph-orchestrate notify send', facts: { waiting: 5 } });
  });

  it('leaves no command behind when it is killed', async () => {
    const { repository, agent } = repositoryOfThree();
    const { root, folder } = repository;
    const hook = scriptedCommand(folder, 'hook', `touch "${folder}/begun"; (trap '' INT; exec sleep 1000) & wait`);
    const env = notifyEnvironment({ id: 'slow', command: [hook], events: WANTED });
    const child = startProgram('ralph-orchestrate', ['run', '--', agent], { cwd: root, env });
    const ended = transcriptOf(child);
    await waitUntil('the command runs', () => existsSync(join(folder, 'begun')));
    child.kill('SIGKILL');
    await ended;
    expect(await waitUntil('nothing is alive', () => processesOf(folder).length === 0)).toBe(true);
  });

  it('tells each target by itself: one that hangs keeps no other', async () => {
    const { repository, agent } = repositoryOfThree();
    const [slow, quick] = [await Receiver.open(), await Receiver.open()];
    slow.answer = () => 'hang';
    const env = notifyEnvironment(
      { id: 'slow', webhook: slow.url, events: WANTED, timeout: '10m' },
      { id: 'quick', webhook: quick.url, events: WANTED },
    );
    expect(await run(repository, agent, env)).toMatchObject({ status: 0 });
    expect(slow.received).toHaveLength(1);
    const rest = await runProgram('ralph-orchestrate', ['notify', 'send', 'quick'], { cwd: repository.root, env });
    expect(rest.status).toBe(0);
    expect(firstsOf(quick)).toEqual(wantedOf(repository.root));
    expect(quick.events[0]).toEqual(slow.events[0]);
  });

  it('refuses targets of a repository that is not trusted, before anything is begun', async () => {
    const { repository, agent } = repositoryOfThree();
    repository.write('.ralph/config.jsonc', '{"notify":[{"id":"a","command":["touch","ran"]}]}');
    const { status, stderr } = await run(repository, agent, {});
    expect(status).toBe(78);
    expect(stderr).toContain('config_untrusted');
    expect(loggedEvents(repository.root)).toEqual([]);
  });

  it('goes on where nothing about notifications can be written', async () => {
    const { repository, agent } = repositoryOfThree();
    repository.write('.ralph/cache/notify', 'a file where the folder should be');
    const receiver = await Receiver.open();
    const { status, stdout, stderr } = await run(repository, agent, hookAt(receiver.url));
    expect({ status, landed: landed(stdout) }).toEqual({ status: 0, landed: 3 });
    expect(stderr).toContain('notifications: team: is not told of this run');
  });
});
