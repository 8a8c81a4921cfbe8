import { readdirSync, readlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  errorRecord,
  records,
  runProgram,
  startProgram,
  transcriptOf,
} from '@ralph/protocol/testing/run-built-program';
import { queueTask, temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { waitUntil } from '@ralph/protocol/testing/wait-until';
import { loggedEvents } from './support/event-log.ts';
import { HeldAgent } from './support/held-agent.ts';
import { OF_THE_TABLE, TmuxTerminal } from './support/tmux.ts';

const IDS = ['RQ-0001', 'RQ-0002', 'RQ-0003'];
const FOLLOW = ['status', '--follow'];

/** A run whose agents have begun, and are held. */
async function heldRun(repository: TestRepository, first?: string) {
  repository.queue(IDS.map((id) => queueTask(id)));
  const agent = new HeldAgent(repository, first);
  const child = startProgram('ralph-orchestrate', ['run', '--workers', '3', '--', agent.command], {
    cwd: repository.root,
  });
  const ended = transcriptOf(child);
  // An agent is at work before its run has told of it, and a follower prints what comes after he has begun.
  const told = () => loggedEvents(repository.root).filter(({ type }) => type === 'agent.started');
  await waitUntil('all agents run, and are told to', () => agent.begun.length === 3 && told().length === 3);
  return { agent, child, ended };
}

/** Follows by a pipe; settles when it has begun to read what the run tells. */
async function followed(repository: TestRepository) {
  const child = startProgram('ralph-orchestrate', FOLLOW, { cwd: repository.root });
  const ended = transcriptOf(child);
  await waitUntil('it follows', () => openFiles(child.pid).some((path) => path.endsWith('events.ndjson')));
  return { child, ended };
}

function openFiles(pid: number | undefined): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${fd}`)];
    } catch {
      return [];
    }
  });
}

describe('ralph-orchestrate status --follow', () => {
  it('shows the table of a run from another terminal, with what its agents say last, and how it ends', async (context) => {
    const repository = temporaryRepository({ '.env': 'TOKEN=a-secret-of-ours-1\n' });
    const { folder, root: cwd } = repository;
    const run = await heldRun(
      repository,
      String.raw`printf 'a-secret-of-ours-1 \033[31mnow\007 at %s\n' $RALPH_TASK_ID`,
    );
    const terminal = TmuxTerminal.start(context, { folder, cwd, args: FOLLOW });
    for (const id of IDS)
      await terminal.shows(new RegExp(`^${id} +agent +\\d+:\\d\\d .*  \\[redacted\\] now +at ${id}$`, 'm'));
    await terminal.shows(/^0 landed, 0 failed, 0 blocked, 0 waiting \| \d+:\d\d$/m);
    expect(terminal.scrolled).not.toContain('agent started');
    terminal.resize(160, 20);
    run.agent.letGo();
    await terminal.ends(0);
    expect(terminal.scrolled).toContain('run ended: completed (3 landed, 0 failed, 0 blocked)');
    expect(terminal.scrolled.match(/RQ-000\d +landed as/g)).toHaveLength(3);
    expect(terminal.scrolled).not.toMatch(OF_THE_TABLE);
    expect(terminal.raw).not.toContain('a-secret');
    expect(await run.ended).toMatchObject({ status: 0 });
  });

  it('prints the events as they come until the run ends, where nobody looks', async () => {
    const repository = temporaryRepository();
    const run = await heldRun(repository);
    const follower = await followed(repository);
    repository.queue([...IDS.map((id) => queueTask(id)), queueTask('RQ-0004')]);
    run.agent.letGo();
    const { status, stdout, stderr } = await follower.ended;
    expect([status, stderr]).toEqual([0, '']);
    const told = records(stdout);
    expect(told.at(-1)).toMatchObject({ type: 'run.finished', outcome: 'completed', counts: { landed: 4 } });
    expect(told.filter(({ type }) => type === 'run.finished')).toHaveLength(1);
    expect(told.map(({ type }) => type)).not.toContain('agent.progress');
    expect(told[0]).toMatchObject({ type: 'agent.finished' });
    expect(await run.ended).toMatchObject({ status: 0 });
  });

  it('sees that the run was killed', async () => {
    const repository = temporaryRepository();
    const run = await heldRun(repository);
    const follower = await followed(repository);
    run.child.kill('SIGKILL');
    const { status, stdout, stderr } = await follower.ended;
    expect([status, stdout, errorRecord(stderr)]).toEqual([
      1,
      '',
      expect.objectContaining({ code: 'owner_gone', hint: expect.stringMatching(/^ralph-orchestrate status /) }),
    ]);
  });

  it('ends by Ctrl-C with 130 and a clean terminal, and the run goes on', async (context) => {
    const repository = temporaryRepository();
    const { folder, root: cwd } = repository;
    const run = await heldRun(repository, 'echo at work');
    const terminal = TmuxTerminal.start(context, { folder, cwd, args: FOLLOW });
    await terminal.shows(/^RQ-0003 +agent .* at work$/m);
    terminal.type('C-c');
    await terminal.ends(130);
    expect(terminal.scrolled).not.toMatch(OF_THE_TABLE);
    run.agent.letGo();
    expect(await run.ended).toMatchObject({ status: 0 });
  });

  it('says that there is no run, how things stand, and ends', async () => {
    const repository = temporaryRepository();
    const { status, stdout, stderr } = await runProgram('ralph-orchestrate', FOLLOW, { cwd: repository.root });
    expect([status, stderr]).toEqual([0, 'no run goes on, so there is nothing to follow; this is how things stand:\n']);
    expect(records(stdout)).toMatchObject([{ lock: { locked: false }, recovery: [] }]);
  });

  it('ends with the reader of its pipe', async () => {
    const repository = temporaryRepository();
    const run = await heldRun(repository);
    const follower = await followed(repository);
    follower.child.stdout.destroy();
    run.agent.letGo();
    expect(await follower.ended).toMatchObject({ status: 141 });
    expect(await run.ended).toMatchObject({ status: 0 });
  });
});
