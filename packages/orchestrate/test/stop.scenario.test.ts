import { existsSync } from 'node:fs';
import { join } from 'node:path';
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
import { HeldAgent } from './support/held-agent.ts';
import { leftovers } from './support/leftovers.ts';

const REQUEST = '.ralph/cache/stop_requested';

function repositoryOfThree(): { repository: TestRepository; agent: HeldAgent; request: string } {
  const repository = temporaryRepository();
  repository.queue(['RQ-0001', 'RQ-0002', 'RQ-0003'].map((id) => queueTask(id)));
  return { repository, agent: new HeldAgent(repository), request: join(repository.root, REQUEST) };
}

function startRun({ root }: TestRepository, agent: HeldAgent, ...options: string[]) {
  const args = ['run', '--workers', '2', ...options, '--', agent.command];
  return startProgram('ralph-orchestrate', args, { cwd: root });
}

function stop({ root }: TestRepository, ...options: string[]) {
  return runProgram('ralph-orchestrate', ['stop', ...options], { cwd: root });
}

describe('a run that is asked to stop', () => {
  it('M43: by a file that somebody made, starts nothing more, finishes what runs, and takes the file away', async () => {
    const { repository, agent, request } = repositoryOfThree();
    const child = startRun(repository, agent);
    let told = '';
    child.stdout.on('data', (text: Buffer) => (told += text.toString()));
    const ended = transcriptOf(child);
    await waitUntil('both agents run', () => agent.begun.length === 2);
    repository.write(REQUEST, 'Stop requested at some time\n');
    await waitUntil('it has seen the request', () => told.includes('"run.stopping"'));
    agent.letGo();
    const { status, stdout } = await ended;
    expect({ status, begun: agent.begun.length }).toEqual({ status: 0, begun: 2 });
    const last = records(stdout).at(-1);
    expect(last).toMatchObject({ outcome: 'stopped', stop_reason: 'asked', counts: { landed: 2 } });
    expect(existsSync(request)).toBe(false);
    expect(leftovers(repository)).toEqual([]);
  });

  it('by the command, says so once and again, and is waited for; the next run does not hear of it', async () => {
    const { repository, agent, request } = repositoryOfThree();
    const ended = transcriptOf(startRun(repository, agent));
    await waitUntil('both agents run', () => agent.begun.length === 2);
    const asked = await stop(repository);
    expect(asked.status).toBe(0);
    const [record] = records(asked.stdout);
    expect(record).toMatchObject({
      requested: true,
      already: false,
      path: request,
      holder: { pid: expect.any(Number) },
    });
    expect(records((await stop(repository)).stdout)[0]).toMatchObject({ requested: true, already: true });
    const late = await stop(repository, '--wait=0.1');
    expect([late.status, errorRecord(late.stderr)['code']]).toEqual([124, 'wait_timeout']);
    const waiting = stop(repository, '--wait');
    agent.letGo();
    expect(await waiting).toMatchObject({ status: 0, stdout: expect.stringContaining('"ended":true') });
    const { status, stdout } = await ended;
    expect(status).toBe(0);
    expect(records(stdout).at(-1)).toMatchObject({ outcome: 'stopped' });
    expect(existsSync(request)).toBe(false);
    expect(await runProgram('ralph-orchestrate', ['run', '--', agent.command], { cwd: repository.root })).toMatchObject(
      {
        status: 0,
        stdout: expect.stringContaining('"outcome":"completed"'),
      },
    );
  });

  it('in an earlier life, is not stopped by what was left of that', async () => {
    const { repository, agent, request } = repositoryOfThree();
    agent.letGo();
    const left = { pid: 1, start_time: '1', token: 'of an earlier run', at: '2026-01-01T00:00:00Z' };
    repository.write(REQUEST, JSON.stringify(left));
    const { status, stdout } = await transcriptOf(startRun(repository, agent));
    expect(status).toBe(0);
    expect(records(stdout).at(-1)).toMatchObject({ outcome: 'completed', counts: { landed: 3 } });
    expect(existsSync(request)).toBe(false);
  });

  it('while it starts, does not lose the request', async () => {
    const { repository, agent } = repositoryOfThree();
    const child = startRun(repository, agent, '--watch');
    const ended = transcriptOf(child);
    await waitUntil('it has got the lock', () => existsSync(join(repository.root, '.ralph/loop.lock')));
    repository.write(REQUEST, '');
    const { status, stdout } = await ended;
    expect({ status, begun: agent.begun }).toEqual({ status: 0, begun: [] });
    expect(records(stdout).at(-1)).toMatchObject({ outcome: 'stopped' });
  });
});

it('stop without a run says so and writes nothing', async () => {
  const repository = temporaryRepository();
  const { status, stdout } = await stop(repository, '--wait');
  expect(status).toBe(0);
  expect(records(stdout)[0]).toMatchObject({ requested: false, already: false, holder: null });
  expect(existsSync(join(repository.root, '.ralph'))).toBe(false);
  const text = await stop(repository, '--format', 'table');
  expect(text.stdout).toBe('no run of this repository goes on, nothing is to be stopped\n');
});
